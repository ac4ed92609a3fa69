"""Makes topics/asyncapi.json and topics/pages/ from the topic files and schemas: `make contract`. `release VERSION`
also keeps the schemas as released, so that later ones can be compared with them."""

import json
import shutil
import sys
from pathlib import Path

from rig.services import SERVICES

ROOT = Path(__file__).parents[2]
TOPICS = ROOT / "topics"
RELEASED = TOPICS / "released"

# What shops, members and operators write; what services say to each other; all else is written for others to read.
INPUTS = {
    "commerce.purchases": "shops",
    "commerce.claims": "members and support",
    "loyalty.activities": "shops and members' applications",
    "loyalty.command-keys": "operators",
    "loyalty.commands": "operators and shops",
    "loyalty.members": "the member register",
    "loyalty.message-controls": "operators",
    "loyalty.message-requests": "operators",
    "loyalty.preference-requests": "`notifier-web`, `loyalty`, shops and members' applications",
    "loyalty.programs": "operators",
    "loyalty.reward-requests": "members' applications, shops and operators",
    "loyalty.templates": "operators",
    "loyalty.rewards": "operators",
    "loyalty.voucher-pools": "operators",
    "loyalty.partners": "operators",
    "loyalty.suppressions": "operators and notifier",
    "loyalty.voucher-codes": "`loyalty vouchers import`",
    "loyalty.voucher-commands": "tills",
    "notifications.feedback": "mail servers and providers, by way of `loyalty feedback` or web hooks",
    "privacy.requests": "members and support",
}
INTERNAL = {
    "loyalty.budgets",
    "loyalty.clearances",
    "loyalty.forwardings",
    "loyalty.lookups",
    "loyalty.reward-messages",
    "loyalty.transactions",
    "loyalty.transfers",
    "privacy.reports",
    "privacy.tasks",
}
NULL = {"type": "null"}
ANSWERS = {
    "commerce.purchases": "commerce.rejections",
    "commerce.claims": "loyalty.claims",
    "loyalty.reward-requests": "loyalty.redemptions",
    "loyalty.voucher-commands": "loyalty.voucher-answers",
}
# By librdkafka's name, which stands in the topic files: how to get it, for those who write.
PARTITIONER = (
    "`murmur2_random`, as every program here has it and Java's client by default. "
    "kcat: `-X topic.partitioner=murmur2_random`. "
    "Clients of librdkafka (confluent-kafka for Python, Go and .NET, rust-rdkafka, node-rdkafka): "
    "`partitioner=murmur2_random`; their own default, a CRC, is another. "
    "What lies elsewhere is sent on to its partition once (header `stampede_forwarded_from`, metric "
    "`stampede_records_forwarded_total`) and may come after what was written there meanwhile; "
    "a key that is not the event's member is a dead letter `wrong-key`."
)
# Settings that the AsyncAPI binding for Kafka knows; Kafka's other ones stand on the topic's page.
BOUND = {"cleanup.policy": list, "retention.ms": int, "delete.retention.ms": int, "max.message.bytes": int}


def read(path):
    return json.loads(path.read_text("utf-8"))


def topics():
    """Topics by name."""
    return {path.stem: read(path) for path in sorted(topic_files(), key=lambda path: path.stem)}


def topic_files():
    """What one service alone writes lies in a folder of its name."""
    folders = [TOPICS, *(TOPICS / service for service in SERVICES)]
    return [path for folder in folders for path in folder.glob("*.json") if path.name != "asyncapi.json"]


def writer(name):
    """The service that alone writes a topic; None: people, shops or several services do."""
    return next((path.parent.name for path in topic_files() if path.stem == name and path.parent != TOPICS), None)


def schema_of(topic):
    return read(TOPICS / topic["schema"]) if "schema" in topic else None


def kind(name):
    if name in INPUTS:
        return "input"
    if name in INTERNAL or name.endswith(".changelog"):
        return "internal"
    return "output"


def key_of(name):
    """A name that AsyncAPI takes as a key."""
    return name.replace(".", "_").replace("-", "_")


def asyncapi():
    """The AsyncAPI 3 document of every topic."""
    version = next(
        line.split('"')[1]
        for line in (ROOT / "Sources/ServiceKit/Worker/WorkerProcess.swift").read_text("utf-8").splitlines()
        if "static let version" in line
    )
    document = {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Stampede",
            "version": version,
            "description": "The topics of the Stampede loyalty platform. Values are UTF-8 JSON; outputs carry the "
            "headers of CloudEvents 1.0 in binary mode. Inputs are taken plain, in binary and in structured mode.",
            "license": {"name": "Apache-2.0", "url": "https://www.apache.org/licenses/LICENSE-2.0"},
        },
        "defaultContentType": "application/json",
        "servers": {
            "development": {
                "host": "localhost:9092",
                "protocol": "kafka",
                "description": "Where `make up` and compose/ listen.",
            }
        },
        "channels": {},
        "operations": {},
        "components": {"messages": {}},
    }
    for name, topic in topics().items():
        describe(name, topic, document)
    return document


def key_in_words(topic):
    if "partitioner" not in topic:
        return topic["key"]
    how = "kcat -X topic.partitioner={0}, librdkafka partitioner={0}, Java's default"
    return f"{topic['key']}; partitioned by {topic['partitioner']} ({how.format(topic['partitioner'])})"


def describe(name, topic, document):
    schema = schema_of(topic)
    channel = {
        "address": name,
        "description": "\n\n".join([topic["description"], *reading(schema)]),
        "tags": [{"name": kind(name)}],
        "bindings": {"kafka": {"topic": name, "bindingVersion": "0.5.0"}},
    }
    if "partitioner" in topic:
        channel["x-partitioner"] = topic["partitioner"]
    if topic["partitions"] != "members":
        channel["bindings"]["kafka"]["partitions"] = topic["partitions"]
    settings = {key: value for key, value in topic["config"].items() if key in BOUND}
    if settings:
        channel["bindings"]["kafka"]["topicConfiguration"] = {
            key: [value] if BOUND[key] is list else BOUND[key](value) for key, value in settings.items()
        }
    document["channels"][key_of(name)] = channel
    if schema is None:
        return
    message = Path(topic["schema"]).name.removesuffix(".schema.json")
    document["components"]["messages"][message] = {
        "name": message,
        "title": schema["title"],
        "contentType": "application/json",
        "payload": {
            "schemaFormat": "application/schema+json;version=2020-12",
            "schema": {"$ref": "./" + topic["schema"]},
        },
        "examples": [{"payload": example} for example in schema["examples"]],
        "bindings": {
            "kafka": {"key": {"type": "string", "description": key_in_words(topic)}, "bindingVersion": "0.5.0"}
        },
    }
    channel["messages"] = {message: {"$ref": f"#/components/messages/{message}"}}
    if kind(name) == "internal":
        return
    receives = kind(name) == "input"
    document["operations"][("take_" if receives else "publish_") + key_of(name)] = {
        "action": "receive" if receives else "send",
        "channel": {"$ref": f"#/channels/{key_of(name)}"},
        "summary": topic["description"].split(". ")[0].rstrip(".") + ".",
        "messages": [{"$ref": f"#/channels/{key_of(name)}/messages/{message}"}],
    }


# -- Pages for people


def pages():
    """File name → text of each topic's page, and of their list."""
    found = {f"{name}.md": page(name, topic) for name, topic in topics().items() if "schema" in topic}
    rows = [
        f"| [`{name}`]({name}.md) | {kind(name)} | {topic['key']} | {topic['description']} |"
        for name, topic in topics().items()
        if "schema" in topic
    ]
    others = [f"| `{name}` | {topic['description']} |" for name, topic in topics().items() if "schema" not in topic]
    found["README.md"] = "\n".join(
        [
            "# Topics",
            "",
            "Made by `make contract` from the files beside this folder. The same for machines: "
            "[`asyncapi.json`](../asyncapi.json).",
            "",
            "| topic | | key | what it holds |",
            "|---|---|---|---|",
            *rows,
            "",
            "Without a schema, since services alone read them:",
            "",
            "| topic | what it holds |",
            "|---|---|",
            *others,
            "",
        ]
    )
    return found


def page(name, topic):
    schema = schema_of(topic)
    written = INPUTS.get(name) or (f"`{writer(name)}`" if writer(name) else "several services")
    count = "as many as every topic by member" if topic["partitions"] == "members" else str(topic["partitions"])
    answer = f" What is refused comes back on [`{ANSWERS[name]}`]({ANSWERS[name]}.md)." if name in ANSWERS else ""
    lines = [
        f"# `{name}`",
        "",
        f"{topic['description']} Written by {written}.{answer}",
        "",
        f"- **Key**: {topic['key']}",
        *partitioner(name, topic),
        f"- **Partitions**: {count}",
        "- **Settings**: " + ", ".join(f"`{key}={value}`" for key, value in topic["config"].items()),
        f"- **Value**: {schema['description']} Schema: [`{Path(topic['schema']).name}`](../{topic['schema']})",
        "",
        "| field | | what it is |",
        "|---|---|---|",
    ]
    required = schema.get("required", [])
    if name in INPUTS:
        lines[-3:-3] = ["- **Null**: a field that is not required may be `null`, which says what leaving it out says"]
    for field, value in schema["properties"].items():
        lines.append(f"| `{field}` | {'required' if field in required else ''} | {told(value)} |")
    lines += ["", "\n\n".join(["## Reading it", *reading(schema)])] if reading(schema) else []
    for example in schema["examples"]:
        lines += ["", "```json", json.dumps(example, ensure_ascii=False, indent=1), "```"]
    return "\n".join(lines) + "\n"


def partitioner(name, topic):
    """Those who write must partition as the platform does, those who read may look for a member in one partition."""
    if "partitioner" not in topic:
        return []
    if name in INPUTS:
        return [f"- **Partitioner**: {PARTITIONER}"]
    return [f"- **Partitioner**: `{topic['partitioner']}` of the member id"]


def reading(schema):
    """How a value is to be read, where a part of it that topics share says so."""
    parts = read(TOPICS / "schemas" / "common.schema.json")["$defs"]
    used = json.dumps(schema)
    return [
        line
        for name, part in parts.items()
        if f'common.schema.json#/$defs/{name}"' in used
        for line in part.get("x-reading", [])
    ]


def without_null(schema):
    """The same of a field that is there: that it may also be null is said once, for all fields of the page."""
    schema = dict(schema)
    if NULL in schema.get("anyOf", []) and len(schema["anyOf"]) == 2:
        schema |= next(choice for choice in schema.pop("anyOf") if choice != NULL)
    if "enum" in schema:
        schema["enum"] = [word for word in schema["enum"] if word is not None]
    return schema


def told(schema):
    """What a field's schema says, in a few words."""
    if isinstance(schema, bool):
        return ""
    schema = without_null(schema)
    parts = [schema["description"]] if "description" in schema else []
    if "$ref" in schema:
        path, _, pointer = schema["$ref"].partition("#")
        target = read(TOPICS / "schemas" / path) if path else {}
        for step in pointer.strip("/").split("/") if pointer.strip("/") else []:
            target = target.get(step, {})
        parts.append(target.get("description") or target.get("title", ""))
    if "const" in schema:
        parts.append(f"always `{schema['const']}`")
    if "enum" in schema:
        parts.append("one of " + ", ".join(f"`{word}`" for word in schema["enum"]))
    if "properties" in schema:
        parts.append("with " + ", ".join(f"`{name}`" for name in schema["properties"]))
    return " ".join(part.rstrip(".") + "." for part in parts if part).replace("|", "\\|")


# -- On disk


def files():
    """Path → text of everything that is made."""
    made = {TOPICS / "asyncapi.json": json.dumps(asyncapi(), ensure_ascii=False, indent=2) + "\n"}
    return made | {TOPICS / "pages" / name: text for name, text in pages().items()}


def write():
    shutil.rmtree(TOPICS / "pages", ignore_errors=True)
    for path, text in files().items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")


def release(version):
    """Keeps today's schemas as those of a release."""
    shutil.rmtree(RELEASED, ignore_errors=True)
    shutil.copytree(TOPICS / "schemas", RELEASED / "schemas")
    (RELEASED / "VERSION").write_text(version + "\n", "utf-8")


if __name__ == "__main__":
    write()
    if sys.argv[1:2] == ["release"]:
        release(sys.argv[2])

"""One node of Apache Kafka whose clients come over TLS, and an authorizer that denies what no rule allows."""

import base64
import json
import secrets
import time
from contextlib import contextmanager
from pathlib import Path

import confluent_kafka
from confluent_kafka.admin import (
    AclBinding,
    AclBindingFilter,
    AclOperation,
    AclPermissionType,
    AdminClient,
    ResourcePatternType,
    ResourceType,
)

from ..services import SERVICES
from .broker import ApacheBroker
from .certificates import Certificates
from .node import HOST, free_ports

# Beside the services: the operator's command, one who may do everything, and the notifier's HTTP server.
OPERATOR, ADMIN = "loyalty", "admin"
WEB = "notifier-web"
# Name → how clients come: encrypted; with a certificate; with a password; with a token.
LISTENERS = {"TLS": "SSL", "MTLS": "SSL", "SCRAM": "SASL_SSL", "OAUTH": "SASL_SSL"}
SCRAM_LOGIN = "org.apache.kafka.common.security.scram.ScramLoginModule required;"
TOKEN_LOGIN = (
    "org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required"
    ' unsecuredLoginStringClaim_sub="admin";'
)


class SecuredBroker(ApacheBroker):
    """`tls`, `mtls`, `scram` and `oauth` are its addresses for workers; a password and a client certificate of the same
    name are the same user, and so is an unsecured token's subject. Who comes over `tls` alone has no name.

    `address` is the rig's own way in, in plain text, on which everything is allowed."""

    def __init__(self, directory=None, users=(*SERVICES, WEB, OPERATOR, ADMIN)):
        super().__init__(directory)
        self.users = {user: secrets.token_urlsafe(16) for user in users}
        self.certificates = Certificates(self.directory / "certificates")
        self._ports = dict(zip(LISTENERS, free_ports(len(LISTENERS)), strict=True))

    def address_of(self, listener):
        return f"{HOST}:{self._ports[listener]}"

    @property
    def tls(self):
        return self.address_of("TLS")

    @property
    def mtls(self):
        return self.address_of("MTLS")

    @property
    def scram(self):
        return self.address_of("SCRAM")

    @property
    def oauth(self):
        return self.address_of("OAUTH")

    def _properties(self, port, controller):
        plain = super()._properties(port, controller)
        added = ",".join(f"{name}://{self.address_of(name)}" for name in LISTENERS)
        protocols = ",".join(f"{name}:{protocol}" for name, protocol in LISTENERS.items())
        return {
            **plain,
            "listeners": f"{plain['listeners']},{added}",
            "advertised.listeners": f"{plain['advertised.listeners']},{added}",
            "listener.security.protocol.map": f"{plain['listener.security.protocol.map']},{protocols}",
            "ssl.keystore.type": "PEM",
            "ssl.keystore.location": self.certificates.keystore("broker"),
            "ssl.truststore.type": "PEM",
            "ssl.truststore.location": self.certificates.authority,
            "listener.name.mtls.ssl.client.auth": "required",
            "ssl.principal.mapping.rules": "RULE:^CN=([^,]+).*$/$1/",
            "sasl.enabled.mechanisms": "SCRAM-SHA-512,OAUTHBEARER",
            "listener.name.scram.sasl.enabled.mechanisms": "SCRAM-SHA-512",
            "listener.name.scram.scram-sha-512.sasl.jaas.config": SCRAM_LOGIN,
            "listener.name.oauth.sasl.enabled.mechanisms": "OAUTHBEARER",
            "listener.name.oauth.oauthbearer.sasl.jaas.config": TOKEN_LOGIN,
            "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
            # The rig and the controller have no name.
            "super.users": f"User:{ADMIN};User:ANONYMOUS",
        }

    # -- How a client of librdkafka comes in

    def tls_properties(self):
        return {"security.protocol": "SSL", "ssl.ca.location": self.certificates.authority}

    def mtls_properties(self, user):
        certificate, key = self.certificates.sign(user)
        return {**self.tls_properties(), "ssl.certificate.location": certificate, "ssl.key.location": key}

    def scram_properties(self, user):
        return {
            **self.tls_properties(),
            "security.protocol": "SASL_SSL",
            "sasl.mechanisms": "SCRAM-SHA-512",
            "sasl.username": user,
            "sasl.password": self.users[user],
        }

    def token_file(self, user, seconds=3600):
        """A file with an unsecured token of that user."""
        now = int(time.time())
        parts = ({"alg": "none"}, {"sub": user, "iat": now, "exp": now + seconds})
        encoded = (base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in parts)
        file = self.directory / f"{user}.jwt"
        file.write_text(".".join([*encoded, "\n"]))
        return file

    # -- What its users may do

    def allow(self, user, resource, name, *operations, prefixed=False, host="*"):
        """A rule an operation: `allow("points-engine", "topic", "loyalty.ledger", "write")`; the cluster's name is
        `kafka-cluster`."""
        kind = {"cluster": "BROKER"}.get(resource, resource.upper())
        pattern = ResourcePatternType.PREFIXED if prefixed else ResourcePatternType.LITERAL
        rules = [
            AclBinding(
                ResourceType[kind], name, pattern, f"User:{user}", host,
                AclOperation[operation.upper()], AclPermissionType.ALLOW,
            )
            for operation in operations
        ]  # fmt: skip
        admin = AdminClient({"bootstrap.servers": self.address, "log_level": 0})
        for made in admin.create_acls(rules).values():
            made.result()

    def grant(self, rule):
        """What a rule of `loyalty topics acls` says."""
        for name in rule.names:
            self.allow(rule.principal, rule.resource, name, *rule.operations, prefixed=rule.prefixed)

    @contextmanager
    def without(self, rule):
        """What such a rule allows is denied meanwhile."""
        admin = AdminClient({"bootstrap.servers": self.address, "log_level": 0})
        lost = [
            acl
            for acl in self.granted()
            if acl.principal == f"User:{rule.principal}"
            and acl.restype.name in (rule.resource.upper(), {"cluster": "BROKER"}.get(rule.resource))
            and acl.name in rule.names
            and acl.operation.name.lower() in rule.operations
            and acl.resource_pattern_type.name == ("PREFIXED" if rule.prefixed else "LITERAL")
        ]
        assert len(lost) == len(rule.names) * len(rule.operations), rule
        filters = [
            AclBindingFilter(
                acl.restype, acl.name, acl.resource_pattern_type, acl.principal, acl.host, acl.operation,
                acl.permission_type,
            )
            for acl in lost
        ]  # fmt: skip
        for done in admin.delete_acls(filters).values():
            done.result()
        try:
            yield
        finally:
            self.grant(rule)

    def granted(self):
        admin = AdminClient({"bootstrap.servers": self.address, "log_level": 0})
        every = AclBindingFilter(
            ResourceType.ANY, None, ResourcePatternType.ANY, None, None, AclOperation.ANY, AclPermissionType.ANY
        )
        return admin.describe_acls(every).result()


def newer_library(folder):
    """A folder for LD_LIBRARY_PATH in which the workers find the librdkafka of the Python client, which the brokers of
    Kafka 4 let in with a password: the distribution's own may be older than 2.6.1."""
    libraries = Path(confluent_kafka.__file__).parents[1] / "confluent_kafka.libs"
    (library,) = libraries.glob("librdkafka-*.so*")
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "librdkafka.so.1").symlink_to(library)
    return folder

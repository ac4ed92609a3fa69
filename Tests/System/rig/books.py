"""What the topics say that members hold, checked in itself and compared with the model."""

import copy
from collections import defaultdict

from model import instant

# Stands between member id and programme id in the keys of accounts and tiers.
KEY_SEPARATOR = "\x1f"


class Snapshot:
    """The topics as they are now, each read once."""

    def __init__(self, platform):
        self.platform = platform
        self.topics = {}

    def read(self, topic):
        if topic not in self.topics:
            self.topics[topic] = self.platform.read(topic)
        return self.topics[topic]


class Books:
    """The ledger, the accounts and the tiers of one programme, as read from their topics; of many programmes from a
    `Snapshot`."""

    def __init__(self, platform, program_id):
        self.program_id = program_id
        self.entries = self._documents(platform.read("loyalty.ledger"))
        self.accounts = self._latest(platform.read("loyalty.accounts"))
        self.tiers = self._latest(platform.read("loyalty.tiers"))

    def _documents(self, records):
        documents = [record.document for record in records if not record.is_tombstone]
        return [document for document in documents if document["programId"] == self.program_id]

    def _latest(self, records):
        latest = {}
        for record in records:
            member, _, program = record.key.decode().partition(KEY_SEPARATOR)
            if program != self.program_id:
                continue
            if record.is_tombstone:
                latest.pop(member, None)
            else:
                latest[member] = record.document
        return latest

    def without(self, members):
        """These books, as if those members had never been."""
        rest = copy.copy(self)
        rest.entries = [entry for entry in self.entries if entry["memberId"] not in members]
        rest.accounts = {member: account for member, account in self.accounts.items() if member not in members}
        rest.tiers = {member: tier for member, tier in self.tiers.items() if member not in members}
        return rest

    def summary(self):
        """member → balances, lots, tier and net points of each cause and rule: what two runs of one input share."""
        lots = self.lots()
        net = defaultdict(lambda: defaultdict(int))
        for entry in self.entries:
            for side, sign in (("debit", -1), ("credit", 1)):
                # Whether a correction still finds its lot pending is a matter of timing, so only the programme's side.
                if entry.get(side, "").startswith("program:"):
                    net[entry["memberId"]][entry["cause"], entry.get("rule"), entry[side]] += sign * entry["points"]
        return {
            member: {
                "net": {key: points for key, points in net[member].items() if points},
                "balances": self._balances(member),
                "lots": lots.get(member, {}),
                "tier": self._tier(member, None),
            }
            for member in self.accounts.keys() | net.keys()
        }

    # -- In themselves

    def contradictions(self):
        """Sentences on what the books say against themselves: empty when every entry is there once, in sequence, and
        double entry adds up to the account after the last one."""
        found, by_member = [], defaultdict(list)
        for entry in self.entries:
            by_member[entry["memberId"]].append(entry)
        for member, entries in by_member.items():
            if [entry["sequence"] for entry in entries] != list(range(1, len(entries) + 1)):
                found.append(f"{member}: sequence is not 1…{len(entries)} in order")
            if len({entry["id"] for entry in entries}) != len(entries):
                found.append(f"{member}: an entry id occurs twice")
            totals = defaultdict(int)
            for entry in entries:
                if entry.get("debit"):
                    totals[entry["debit"]] -= entry["points"]
                    totals[entry["credit"]] += entry["points"]
                held = {"pending": totals["member:pending"], "available": totals["member:available"]}
                if entry["balances"] != held:
                    found.append(f"{member}: entry {entry['sequence']} says {entry['balances']}, its moves give {held}")
                    break
            account = self.accounts.get(member)
            if account is None:
                found.append(f"{member}: has entries and no account")
            elif account["balances"] != entries[-1]["balances"] or account["sequence"] != entries[-1]["sequence"]:
                found.append(f"{member}: the account is not what the last entry left")
        # A purchase too small for a point opens an account in which nothing has moved yet.
        for member in self.accounts.keys() - by_member.keys():
            account = self.accounts[member]
            if account["sequence"] != 0 or any(account["balances"].values()):
                found.append(f"{member}: holds points and has no entries")
        return found

    def awards(self):
        """member → {(purchase id, rule): net points}, what was reversed taken off, zeros left out."""
        net = defaultdict(lambda: defaultdict(int))
        for entry in self.entries:
            sign = (entry.get("debit") == "program:issued") - (entry.get("credit") == "program:issued")
            sign -= entry.get("credit") == "program:reversed"
            if sign:
                net[entry["memberId"]][entry["cause"], entry["rule"]] += sign * entry["points"]
        return {member: {key: points for key, points in own.items() if points} for member, own in net.items()}

    # -- Beside the model

    def differences(self, expected, base_level):
        """Sentences on every member for whom the topics and the model (`model.recompute`) disagree."""
        found, awards, lots = [], self.awards(), self.lots()
        for member, account in expected.items():
            for what, ours, theirs in (
                ("awards", awards.get(member, {}), account.awards),
                ("balances", self._balances(member), {"pending": account.pending, "available": account.available}),
                ("lots", lots.get(member, {}), _expected_lots(account)),
                ("tier", self._tier(member, base_level), _expected_tier(account, base_level)),
            ):
                if ours != theirs:
                    found.append(f"{member}: {what}: {_differing(ours, theirs)}")
        for member in self.accounts.keys() - expected.keys():
            found.append(f"{member}: is not expected to have an account")
        return found

    def _balances(self, member):
        account = self.accounts.get(member)
        return account["balances"] if account else {"pending": 0, "available": 0}

    def lots(self):
        """member → {lot id: what it holds}, as the entries of the ledger make them."""
        held, owed, terms, kept_until = defaultdict(dict), defaultdict(int), {}, {}
        for entry in self.entries:
            member, lot_id, cause = entry["memberId"], entry.get("lotId"), entry["cause"]
            before, owed[member] = owed[member], max(0, -entry["balances"]["available"])
            if entry["type"] == "points.forfeited":
                held[member] = {}
            if "keptUntil" in entry:
                kept_until[member] = _instant(entry["keptUntil"])
            if lot_id is None:
                continue
            if entry["type"] == "lots.merged":
                whole, part = (
                    held[member].setdefault(each, {"pending": 0, "available": 0}) for each in (lot_id, cause)
                )
                for account in whole:
                    whole[account], part[account] = whole[account] + part[account], 0
            lot = held[member].setdefault(lot_id, {"pending": 0, "available": 0})
            for side, sign in (("debit", -1), ("credit", 1)):
                account = entry.get(side)
                # What becomes available repays a debt before it fills its lot.
                repaid = min(entry["points"], before) if (side, account) == ("credit", "member:available") else 0
                if account in ("member:pending", "member:available"):
                    lot[account.removeprefix("member:")] += sign * (entry["points"] - repaid)
            for term in ("pendingUntil", "expiresAt", "latestExpiry"):
                if term in entry:
                    terms[member, lot_id, term] = _instant(entry[term])
        return {
            member: {
                lot_id: lot
                | {"pendingUntil": terms.get((member, lot_id, "pendingUntil")) if lot["pending"] else None}
                | {
                    "expiresAt": _postponed(
                        *(terms.get((member, lot_id, term)) for term in ("expiresAt", "latestExpiry")),
                        kept_until.get(member),
                    )
                }
                for lot_id, lot in own.items()
                if lot["pending"] or lot["available"]
            }
            for member, own in held.items()
        }

    def _tier(self, member, base_level):
        tier = self.tiers.get(member)
        if tier is None:
            return {"level": base_level, "since": None, "until": None}
        return {"level": tier["level"], "since": _instant(tier.get("since")), "until": _instant(tier.get("until"))}


def _postponed(expires_at, latest, kept_until):
    if None in (expires_at, kept_until):
        return expires_at
    kept = max(expires_at, kept_until)
    return kept if latest is None else min(kept, latest)


def _expected_lots(account):
    return {
        lot_id: {
            "pending": lot.pending,
            "available": lot.available,
            "pendingUntil": lot.pending_until if lot.pending else None,
            "expiresAt": lot.expires_at,
        }
        for lot_id, lot in account.lots.items()
    }


def _expected_tier(account, base_level):
    if account.tier is None:
        return {"level": base_level, "since": None, "until": None}
    return {"level": account.tier.level, "since": account.tier.since, "until": account.tier.until}


def _instant(text):
    return None if text is None else instant(text)


def _differing(ours, theirs):
    """The keys on which two dictionaries differ, with both values; the first three."""
    keys = [key for key in {**theirs, **ours} if ours.get(key) != theirs.get(key)]
    parts = [f"{key}: topics {ours.get(key)}, model {theirs.get(key)}" for key in keys[:3]]
    return "; ".join(parts) + (f"; and {len(keys) - 3} more" if len(keys) > 3 else "")

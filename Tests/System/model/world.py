"""All members under all programmes: fed with the messages of a history in order of time."""

from collections import defaultdict

from .account import Account
from .conditions import Traits
from .dates import instant
from .known import NotKnown
from .measures import of_activity, spend_lost, spend_of
from .programme import Programmes
from .purchase import Purchase
from .returns import gives_back
from .tiers import TierLife

# What an exchange's return has in common with it; its total, tax and shipping are those of what was bought.
EXCHANGE_AND_RETURN = {"occurredAt", "source", "member", "programId", "currency", "purchaseId", "refund"}
# A retry of a command may say these anew.
SAID_ANEW = ("occurredAt", "source", "actor")


class Member:
    def __init__(self):
        self.traits = Traits()
        self.accounts = {}
        self.tiers = {}


class World:
    """What every member holds in every programme. Feed it, then `advance` it to the instant of the comparison."""

    def __init__(self, documents):
        self.programmes = Programmes(documents)
        self.members = defaultdict(Member)
        self.seen = {}  # (is a purchase's, source, id) → what it asked for
        self.purchases = {}  # (source, id) → {program id}: under which it was rated

    def account(self, member, program_id):
        return self.members[member].accounts.setdefault(program_id, Account(self.programmes, program_id))

    def tier(self, member, program_id):
        """The member's tier life; None where the programme has no tiers."""
        programme = self.programmes.versions[program_id][-1]
        if programme.tiers is None:
            return None
        return self.members[member].tiers.setdefault(program_id, TierLife(programme))

    # -- Messages

    def feed(self, document):
        """One message of any topic. The same (source, id) again is ignored."""
        key = document["type"].split(".")[0] == "purchase", document.get("source"), document["id"]
        if document["type"] != "member.profile":
            if key in self.seen:
                self._see_again(document, self.seen[key])
                return
            self.seen[key] = document
        kinds = {
            "purchase.completed": self._buy,
            "purchase.returned": self._bring_back,
            "purchase.cancelled": self._bring_back,
            "purchase.exchanged": self._exchange,
            "activity": self._act,
            "member.profile": self._know,
            "points.transfer": self._transfer,
            "points.redeem": self._command(Account.redeem),
            "points.redeem.cancel": self._command(Account.cancel_redemption),
            "points.adjust": self._command(Account.adjust),
            "points.adjust.proposed": self._command(Account.propose),
            "points.adjust.approved": self._command(Account.approve),
            "points.adjust.declined": self._command(Account.decline),
            "member.freeze": self._everywhere(Account.freeze),
            "member.unfreeze": self._everywhere(Account.unfreeze),
            "member.close": self._everywhere(Account.close),
            "tier.set": self._set_tier,
        }
        if document["type"] not in kinds:
            raise NotKnown(document["type"])
        kinds[document["type"]](document)

    def _see_again(self, document, first):
        """The same again is no news; a command that asks for something else under the id is refused."""
        asked = [{name: value for name, value in each.items() if name not in SAID_ANEW} for each in (document, first)]
        if asked[0] != asked[1]:
            self.account(document["memberId"], document["programId"]).conflict(
                document, instant(document["occurredAt"])
            )

    def holds(self, member, program_id):
        """What a member can spend now."""
        account = self.members[member].accounts.get(program_id)
        return max(0, account.holdings.available) if account else 0

    def advance(self, ms):
        """Lets time pass for everybody."""
        for member in self.members.values():
            for life in [*member.accounts.values(), *member.tiers.values()]:
                life.advance(ms)

    def _in_force(self, ms, currency=None, program_id=None, returned=False):
        """The versions in force, of the programmes that take a currency (of a return: what it may be of) and are
        meant."""
        for each in self.programmes.versions:
            programme = self.programmes.at(each, ms)
            if programme is None or program_id not in (None, each):
                continue
            taken = programme.currencies
            if (
                currency is None
                or currency in taken
                or (returned and any(gives_back(currency, each) for each in taken))
            ):
                yield programme

    def _buy(self, document):
        purchase = Purchase(document)
        self.purchases[purchase.key] = set()
        for programme in self._in_force(purchase.at, purchase.currency, purchase.program_id):
            member = self.members[purchase.member]
            account, tiers = self.account(purchase.member, programme.id), self.tier(purchase.member, programme.id)
            level = None
            if tiers:
                tiers.advance(purchase.at)
                level = tiers.level_at(purchase.at)
            rating = account.buy(programme, purchase, level, member.traits)
            self.purchases[purchase.key].add(programme.id)
            if tiers:
                tiers.count(purchase.at, _counts(programme, purchase, rating))
            for late in account.waiting_for(purchase.key):
                self._reverse(programme.id, late)

    def _bring_back(self, document):
        key = document["source"], document["purchaseId"]
        if key not in self.purchases:
            at, currency = instant(document["occurredAt"]), document.get("currency")
            for programme in self._in_force(at, currency, document.get("programId"), returned=True):
                self.account(document["member"]["id"], programme.id).wait(document, at)
            return
        for program_id in sorted(self.purchases[key]):
            self._reverse(program_id, document)

    def _exchange(self, document):
        """What came back, under an id that follows from the exchange's; then what was bought."""
        came_back = {key: value for key, value in document.items() if key in EXCHANGE_AND_RETURN}
        self._bring_back(
            came_back
            | {
                "type": "purchase.returned",
                "id": document["id"] + "/returned",
                "lines": document["returned"],
            }
        )
        self._buy(document)

    def _reverse(self, program_id, document):
        member, at = document["member"]["id"], instant(document["occurredAt"])
        account, key = self.account(member, program_id), (document["source"], document["purchaseId"])
        if key not in account.remembered:
            return
        memory = account.remembered[key]
        reversal = account.bring_back(key, document, at)
        if reversal is None:
            return
        tiers = self.tier(member, program_id)
        if tiers:
            metric = tiers.scheme["metric"]
            if metric in ("points", "basePoints"):
                for holder, (points, base) in reversal.points.items():
                    lost = points if metric == "points" else base
                    tiers.count(at, -lost, counted_on=account.remembered[holder].purchase.at)
            elif metric == "spend":
                bought = memory.purchase
                lost = spend_lost(memory.programme, bought.currency, bought.spend, memory.refunded, reversal.spend)
                tiers.count(at, -lost, counted_on=bought.at)
            elif metric == "visits":
                tiers.count(at, -int(reversal.whole and reversal.spend > 0), counted_on=memory.purchase.at)

    def _act(self, document):
        at = instant(document["occurredAt"])
        for programme in self._in_force(at, program_id=document.get("programId")):
            has_rules = any(rule.get("activity") == document["activity"] for rule in programme.rules)
            counted = of_activity(programme, document)
            if not has_rules and counted is None:
                continue
            account, tiers = (
                self.account(document["memberId"], programme.id),
                self.tier(document["memberId"], programme.id),
            )
            level = None
            if tiers:
                tiers.advance(at)
                level = tiers.level_at(at)
            points = 0
            if has_rules:
                points = account.act(programme, document, at, level, self.members[document["memberId"]].traits)
            if tiers and tiers.scheme["metric"] in ("points", "basePoints"):
                tiers.count(at, points)
            elif tiers and counted is not None:
                tiers.count(at, counted)

    def _know(self, document):
        birthday = document.get("birthday")
        self.members[document["id"]].traits = Traits(
            joined_at=instant(document["joinedAt"]) if "joinedAt" in document else None,
            locale=document.get("locale"),
            segments=tuple(document.get("segments", ())),
            birthday=tuple(int(part) for part in birthday.split("-")[-2:]) if birthday else None,
        )

    def _command(self, operation):
        def run(document):
            operation(
                self.account(document["memberId"], document["programId"]), document, instant(document["occurredAt"])
            )

        return run

    def _everywhere(self, operation):
        def run(document):
            at = instant(document["occurredAt"])
            for programme in self._in_force(at, program_id=document.get("programId")):
                # Where it names no programme it opens no account.
                if "programId" in document or programme.id in self.members[document["memberId"]].accounts:
                    operation(self.account(document["memberId"], programme.id), document, at)

        return run

    def _transfer(self, document):
        at, program_id = instant(document["occurredAt"]), document["programId"]
        sender, recipient = (self.account(document[name], program_id) for name in ("memberId", "to"))
        parts = sender.send(document, at)
        if parts is None:
            return
        recipient.advance(at)
        if recipient.status == "closed":
            sender.take_back(document, parts, at)
        else:
            recipient.receive(document, parts, sender, at)

    def _set_tier(self, document):
        for programme in self._in_force(instant(document["occurredAt"]), program_id=document.get("programId")):
            tiers = self.tier(document["memberId"], programme.id)
            if tiers:
                tiers.pin(instant(document["occurredAt"]), document["level"], instant(document["until"]))


def _counts(programme, purchase, rating):
    """What a purchase counts for its programme's tiers. A closed account earns no points; spend and visits are the
    tiers' own affair."""
    metric = programme.tiers["metric"]
    if metric == "spend":
        return spend_of(programme, purchase.currency, purchase.spend)
    if metric == "visits":
        return int(purchase.spend > 0)
    if rating is None or metric == "activities":
        return 0
    return rating.total if metric == "points" else rating.base

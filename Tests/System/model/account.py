"""One member's account in one programme: what purchases, returns, commands and time do to it.

`log` tells what moved, as (what, cause, rule) → points, without saying in how many steps or out of which lots."""

from collections import Counter
from fractions import Fraction

from .dates import days_later, local_day, period
from .lots import Holdings, last_of
from .proposals import Proposals
from .rating import Counters, Rating, multiples, rate, rate_activity
from .remembered import Remembered, Reversal
from .times import give_back
from .waiting import has_room

MOST_RETURNS = 1000  # of one purchase


class Account(Proposals):
    def __init__(self, programmes, program_id):
        self.programmes = programmes
        self.program_id = program_id
        self.holdings = Holdings()
        self.counters = Counters()
        self.status = "active"
        self.closed_at = None
        self.clock = None
        self.remembered = {}
        self.waiting = []  # (due, document) of returns that came before their purchase
        self.redemptions = {}
        self.commands = set()
        self.proposals = {}  # id → (until, command) of adjustments that wait for another person
        self.sent = Counter()  # (period) → points transferred out
        self.log = Counter()
        self.refused = set()  # causes
        self.limited = set()  # (cause, rule) of which a limit left nothing

    def programme(self, ms):
        return self.programmes.at(self.program_id, ms)

    def note(self, what, cause, points, rule=None):
        if points:
            self.log[what, cause, rule] += points

    # -- Time

    def advance(self, ms):
        """Does what is due up to and including an instant, in order of time."""
        while (due := self._next_due(ms)) is not None:
            _, _, act = due
            act()
        self.clock = ms if self.clock is None else max(self.clock, ms)
        self.holdings.forget_empty()

    def _next_due(self, ms):
        due, frozen = [], self.status == "frozen"
        for lot in self.holdings.lots:
            if lot.pending and not frozen:
                due.append((lot.pending_until, 0, lambda lot=lot: self.holdings.release(lot)))
            elif lot.available and lot.expires_at is not None:
                due.append((self.holdings.gone_at(lot), 1, lambda lot=lot: self._expire(lot)))
        for at, document in self.waiting:
            due.append((at, 2, lambda at=at, document=document: self._refuse_waiting(at, document)))
        for until, command in self.proposals.values():
            due.append((until, 4, lambda command=command: self._give_up(command)))
        if self.closed_at is not None and self.holdings.lots:
            programme = self.programme(self.closed_at)
            due.append((days_later(self.closed_at, programme.closing_days, programme.zone), 3, self._expire_all))
        due = [each for each in due if each[0] <= ms]
        return min(due, key=lambda each: each[:2]) if due else None

    def _expire(self, lot):
        pending, lot.pending = lot.pending, 0
        self.holdings.expire(lot)
        lot.pending = pending

    def _expire_all(self):
        for lot in self.holdings.lots:
            self.holdings.expire(lot)
        self.holdings.forget_empty()

    def _refuse_waiting(self, at, document):
        self.waiting.remove((at, document))
        self.refused.add(document["id"])

    # -- Earning

    def buy(self, programme, purchase, level, traits):
        """The Rating of a purchase, booked; None where a closed account refuses it. Returns that waited for it are left
        to the caller."""
        self.advance(purchase.at)
        if self.status == "closed":
            self.refused.add(purchase.id)
            # Its spend counts for the tiers, and comes back for them.
            self.remembered[purchase.key] = Remembered(purchase, Rating(), programme)
            return None
        rating = rate(programme, purchase, level, traits, self.counters)
        self.remembered[purchase.key] = Remembered(purchase, rating, programme, bonuses=dict(rating.bonuses))
        self._award(programme, purchase.key, purchase.at, rating.lines, purchase.id)
        self.limited |= {(purchase.id, rule) for rule in rating.limited}
        return rating

    def act(self, programme, activity, at, level, traits):
        """Points that an activity earned."""
        self.advance(at)
        if self.status == "closed":
            if any(rule.get("activity") == activity["activity"] for rule in programme.rules):
                self.refused.add(activity["id"])
            return 0
        lines, limited = rate_activity(programme, activity, level, traits, self.counters)
        self.limited |= {(activity["id"], rule) for rule in limited}
        self._award(programme, (activity["source"], activity["id"]), at, lines, activity["id"])
        return sum(lines.values())

    def _award(self, programme, key, at, lines, cause):
        points = sum(lines.values())
        for rule, part in lines.items():
            self.note("earned", cause, part, rule)
        if points <= 0:
            return
        self.holdings.totals.issued += points
        lot = self.holdings.lot(key, at, programme.pending_until(at), *programme.expiry.of_lot(at))
        lot.pending += points
        self._postpone(programme, at)
        self.advance(self.clock)

    def _postpone(self, programme, at):
        """Activity moves the expiry of all lots, where the programme says so."""
        until = programme.expiry.kept_until(at)
        if until is not None:
            self.holdings.kept_until = max(self.holdings.kept_until or 0, until)

    def left_to_campaigns(self):
        """(cause, rule) → points of campaigns that purchases were given which came back whole: a campaign whose budget
        gives late gives them nothing, and takes nothing back."""
        left = {}
        for (_, cause), memory in self.remembered.items():
            parts = [*memory.programme.rules, *memory.programme.multipliers]
            if memory.purchase.spend and memory.refunded == memory.purchase.spend:
                for name in {part["id"] for part in parts if "campaign" in part} & set(memory.rating.lines):
                    left[cause, name] = memory.rating.lines[name]
        return left

    # -- Returns

    def wait(self, document, at):
        """Keeps a return whose purchase is not known yet."""
        programme = self.programme(at)
        if not has_room(document, [each for _, each in self.waiting]):
            self.refused.add(document["id"])
            return
        self.waiting.append((days_later(at, programme.wait_days, programme.zone), document))

    def waiting_for(self, key):
        """The returns that waited for a purchase; they wait no longer."""
        due = [each for each in self.waiting if (each[1]["source"], each[1]["purchaseId"]) == key]
        self.waiting = [each for each in self.waiting if each not in due]
        return [document for _, document in due]

    def bring_back(self, key, document, at):
        """Takes back what a return or a cancel of a remembered purchase reverses; None where it is refused."""
        self.advance(at)
        memory = self.remembered[key]
        if memory.returns >= MOST_RETURNS:
            self.refused.add(document["id"])
            return None
        spend, refund = memory.purchase.spend, memory.comeback.take(document)
        if refund is None:
            self.refused.add(document["id"])
            return None
        memory.returns += 1
        whole = memory.refunded == spend
        target = memory.proportional
        if not whole:
            target = memory.programme.round(Fraction(memory.proportional) * memory.refunded / spend)
        points = target - memory.taken
        memory.taken = target
        lost = self._judge_bonuses(memory, refund, whole and refund > 0)
        points += lost.pop(key, 0)
        lost = {key: points, **lost}
        for holder, part in lost.items():
            taken = self.holdings.reverse(part, holder, self.remembered[holder].programme.may_owe)
            self.note("reversed", document["id"], taken)
        self.holdings.forget_empty()
        taken = {holder: (part, self._base_of(self.remembered[holder])) for holder, part in lost.items()}
        return Reversal(refund, taken, whole)

    def _judge_bonuses(self, memory, refund, ends):
        """Points of bonuses that no longer stand, by the purchase that held them: this one, or another of the same
        period. `ends`: with this refund nothing is left of the purchase, and it is no visit any more."""
        lost, own = Counter(), memory.purchase.key
        rules = {rule["id"]: rule for rule in memory.programme.rules}
        if ends:
            give_back(memory, self.counters)
        for name in memory.rating.visits if ends else []:
            holder = self._uncount_visit(memory, name, rules[name])
            if holder is not None:
                self.counters.visits[name] += rules[name]["every"]
                lost[holder] += self.remembered[holder].bonuses.pop(name, 0)
        for name, (key, seen) in memory.rating.spends.items():
            part = seen * refund / memory.purchase.spend if memory.purchase.spend else Fraction(0)
            if key is None:
                remaining = seen - seen * memory.refunded / memory.purchase.spend if memory.purchase.spend else 0
                stands = min(memory.bonuses.get(name, 0), rules[name]["points"] * multiples(rules[name], remaining))
                lost[own] += memory.bonuses.get(name, 0) - stands
                memory.bonuses[name] = stands
            else:
                self.counters.spend[key] -= part
                lost += self._take_from_holders(rules[name], key)
        return lost

    def _uncount_visit(self, memory, name, rule):
        """The purchase that loses the award which the visit had completed; None: none does. A day is a visit as long as
        one of its purchases stands."""
        holder = memory.purchase.key if name in memory.rating.completed else None
        if rule.get("oncePerDay"):
            day = local_day(memory.purchase.at, memory.programme.zone)
            self.counters.visit_days[name, day] -= 1
            if self.counters.visit_days[name, day]:
                return None
            holder = self.counters.visit_holders.pop((name, day), None)
        self.counters.visits[name] -= 1
        return holder

    def _take_from_holders(self, rule, key):
        """A period's bonus goes with the spend that it needs: the last that was given goes first."""
        holders, lost = self.counters.bonuses[key], Counter()
        over = sum(times for _, times in holders) - multiples(rule, self.counters.spend[key])
        while over > 0:
            holder, times = holders.pop()
            gone = min(times, over)
            over -= gone
            if times > gone:
                holders.append((holder, times - gone))
            if holder is None:
                continue
            memory = self.remembered[holder]
            # A limit may have given fewer than the spend was worth: what the rest of that is worth stands.
            points = max(0, memory.bonuses.get(rule["id"], 0) - rule["points"] * (times - gone))
            memory.bonuses[rule["id"]] = memory.bonuses.get(rule["id"], 0) - points
            lost[holder] += points
        return lost

    def _base_of(self, memory):
        """Base points that went with what has been reversed by now, less what went before."""
        granted = memory.rating.total
        if not granted:
            return 0
        standing = sum(memory.bonuses.values())
        reversed_points = granted - standing - (memory.proportional - memory.taken)
        gone = memory.rating.base * reversed_points // granted
        base, memory.base_taken = gone - memory.base_taken, gone
        return base

    # -- Commands

    def redeem(self, command, at):
        self.advance(at)
        programme, points = self.programme(at), command["points"]
        if (
            self.status != "active"
            or points < max(1, programme.minimum_redemption)
            or points > max(0, self.holdings.available)
        ):
            self.refused.add(command["id"])
            return
        parts = self.holdings.take(points)
        self.redemptions[command["id"]] = parts
        self.holdings.totals.redeemed += points
        self.note("redeemed", command["id"], points)
        self._postpone(programme, at)
        self.holdings.forget_empty()

    def cancel_redemption(self, command, at):
        self.advance(at)
        programme, parts = self.programme(at), self.redemptions.get(command["redemptionId"])
        if not parts or self.status == "closed":
            self.refused.add(command["id"])
            return
        held = sum(part.points for part in parts)
        if not 0 < command.get("points", held) <= held:
            self.refused.add(command["id"])
            return
        back, left = last_of(parts, command.get("points", held))
        self.redemptions[command["redemptionId"]] = left
        for part in back:
            self._give_back(part, command["id"], programme, at)
            self.holdings.totals.redeemed -= part.points
            self.note("redemption-cancelled", command["id"], part.points)
        self.advance(at)

    def _give_back(self, part, cause, programme, at):
        """To the lot they came from, with its expiry; where that has passed, to one of their own that lives a grace."""
        key, expires_at, latest = part.key, part.expires_at, part.latest
        gone_at = self.holdings.postponed(part)
        if gone_at is not None and gone_at <= at:
            key, latest = ("grace", cause, key), None
            expires_at = days_later(at, programme.grace_days, programme.zone)
        lot = self.holdings.lot(key, part.earned_at, part.pending_until, expires_at, latest)
        self.holdings.credit(lot, part.points)

    def adjust(self, command, at):
        self.advance(at)
        self._adjust(command, at, refused=command["id"])

    def _adjust(self, command, at, refused):
        programme, points = self.programme(at), command["points"]
        if self.status == "closed" or not command.get("actor") or not command.get("reason"):
            self.refused.add(refused)
        elif points > 0:
            lot = self.holdings.lot(("adjust", command["id"]), at, at, *programme.expiry.of_lot(at))
            self.holdings.credit(lot, points)
            self.holdings.totals.issued += points
            self.note("adjusted", command["id"], points)
        elif -points > max(0, self.holdings.available) and not programme.may_owe:
            self.refused.add(refused)
        else:
            held = min(-points, max(0, self.holdings.available))
            self.holdings.take(held)
            self.holdings.owed += -points - held
            self.holdings.totals.adjusted += -points
            self.note("adjusted", command["id"], points)
        self.holdings.forget_empty()

    def send(self, command, at):
        """The parts of a transfer that leave; None where it is refused."""
        self.advance(at)
        programme, points = self.programme(at), command["points"]
        rules = programme.transfer
        day = local_day(at, programme.zone)
        allowed = rules is not None and self.status == "active" and command["to"] != command["memberId"]
        allowed = allowed and points >= max(1, rules.get("minimumPoints", 0)) and points <= self.holdings.available
        for limit, kind in (("pointsPerDay", "day"), ("pointsPerMonth", "month")):
            if allowed and limit in rules:
                allowed = self.sent[period(day, kind)] + points <= rules[limit]
        if not allowed:
            self.refused.add(command["id"])
            return None
        for kind in ("day", "month"):
            self.sent[period(day, kind)] += points
        self.holdings.totals.transferred += points
        self.note("transferred-out", command["id"], points)
        parts = self.holdings.take(points)
        self.holdings.forget_empty()
        return parts

    def receive(self, command, parts, sender, at):
        """Takes another member's points in, which keep their expiry."""
        self.advance(at)
        for part in parts:
            expires_at = sender.holdings.postponed(part)
            lot = self.holdings.lot(
                ("transfer", command["id"], part.key), part.earned_at, part.pending_until, expires_at, part.latest
            )
            self.holdings.credit(lot, part.points)
            self.holdings.totals.transferred -= part.points
            self.note("transferred-in", command["id"], part.points)
        self.advance(self.clock)

    def take_back(self, command, parts, at):
        """Takes own points back in that the other could not have."""
        for part in parts:
            self._give_back(part, command["id"], self.programme(at), at)
            self.holdings.totals.transferred -= part.points
            self.note("transfer-returned", command["id"], part.points)
        self.advance(at)

    def conflict(self, command, at):
        """The id of the command stands for another one."""
        self.advance(at)
        self.refused.add(command["id"])

    def freeze(self, command, at):
        self._stand(command, at, "frozen", {"active"})

    def unfreeze(self, command, at):
        self._stand(command, at, "active", {"frozen"})

    def close(self, command, at):
        if self.status != "closed":
            self.closed_at = at
        self._stand(command, at, "closed", {"active", "frozen"})

    def _stand(self, command, at, status, before):
        """Changes how the account stands; what that sets free is done at once."""
        self.advance(at)
        if self.status in before:
            self.status = status
            self.advance(at)
        else:
            self.refused.add(command["id"])

"""Woven histories whose baskets and returns are as shops have them at their worst: lines of one sku at several prices,
names of lines, shipping and tax that are told or not, amounts that are no line's, exchanges, lines never bought."""

from decimal import Decimal

from .commands_weaver import CommandsWeave
from .weaver import money

RETURNS = ("refund", "refund", "line", "line", "line", "rest", "cancel", "exchange", "stranger")
# In how many of a hundred baskets.
SAME_SKU = 25
WITH_LINE_IDS = 30
WITH_TAX = 35
WITH_SHIPPING = 17


class ReturnsWeave(CommandsWeave):
    def _dress_lines(self, basket):
        """What makes returns hard: lines of one sku at other prices, one of them free; lines that were voided or sold
        nothing; names of lines; shipping and tax. Says by how many cents the lines have become dearer."""
        dice, lines, dearer = self.random, basket["lines"], 0
        if self._chance(SAME_SKU):
            twin = dice.choice(lines) | {"quantity": dice.choice((1, 1, 2, 3, "0.350"))}
            twin["amount"] = money(dice.randrange(900))
            twin["discount"] = dice.choice(("0.00", "0.05", twin["amount"]))
            dearer += _cents(twin["amount"]) - _cents(twin["discount"])
            lines.insert(dice.randrange(len(lines) + 1), twin)
        if self._chance(5):
            lines.append({"sku": lines[0]["sku"], "quantity": 0, "amount": "3.00"})
        if self._chance(5):
            lines.append({"sku": "VOIDED", "quantity": 1, "amount": "7.00", "void": True})
        if self._chance(WITH_LINE_IDS):
            for number, line in enumerate(lines):
                line["lineId"] = f"L{number}"
        if self._chance(WITH_TAX):
            basket["tax"] = money(dice.randrange(1, 400))
        if self._chance(WITH_SHIPPING):
            basket["shipping"] = money(dice.randrange(1, 900))
        return dearer

    def _return_of(self, basket, at, name):
        kind = self.random.choice(RETURNS)
        document = self._return_document(kind, basket, at, name)
        own = [line for line in basket["lines"] if "tender" not in line and not line.get("void")]
        match kind:
            case "line" if own:
                document["lines"] = [self._comes_back(line) for line in self._some(own)]
            case "stranger":
                document["lines"] = [self._comes_back(line) for line in self._some(own)] + [{"sku": "NEVER-BOUGHT"}]
            case "exchange" if own:
                document["type"] = "purchase.exchanged"
                document["returned"] = [self._comes_back(line) for line in self._some(own)]
                new = {"category": "grocery", "quantity": 1, "amount": money(self.random.randrange(1, 3000))}
                document["lines"] = [{"sku": self.random.choice(own)["sku"]} | new]
            case "refund" | "line" | "exchange":
                self._give_back(document, basket, self.random.randrange(1, 800))
            case "rest":
                document["refund"] = "10000.00"
        return document

    def _some(self, lines):
        return self.random.sample(lines, min(len(lines), self.random.choice((1, 1, 2))))

    def _comes_back(self, line):
        """By quantity, by amount, or as it was sold; by its name or by its sku alone."""
        dice, quantity = self.random, line["quantity"]
        back = {"sku": line["sku"]}
        if "lineId" in line and self._chance(60):
            back["lineId"] = line["lineId"]
        if self._chance(70):
            back["quantity"] = dice.choice((quantity, 1, "0.5"))
        match dice.choice(("quantity", "amount", "whole", "whole")):
            case "amount":
                back["amount"] = money(dice.randrange(700))
            case "whole":
                back["amount"] = line["amount"]
                back["discount"] = line.get("discount", "0.00")
        return back

    def _give_back(self, document, basket, cents):
        """Money, with tax and shipping in it that are told or not."""
        for part in ("shipping", "tax"):
            if part in basket and self._chance(50):
                given = self.random.randrange(1 + _cents(basket[part]))
                document[part] = money(given)
                cents += given
        document["refund"] = money(cents)

    def _transfers(self, sender, recipient, at):
        """One a programme, which may stand in several versions: what a closed recipient sends back comes after the next
        transfer was answered, and how long after nobody can say."""
        sent = set()
        for key, document in super()._transfers(sender, recipient, at):
            if document["programId"] not in sent:
                sent.add(document["programId"])
                yield key, document


def _cents(amount):
    return int(100 * Decimal(amount))

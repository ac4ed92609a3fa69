"""Woven histories whose commands are as operators send them at their worst: one id for two things, redemptions
cancelled in part and beyond."""

from .weaver import Weave


class CommandsWeave(Weave):
    def _something_else(self, member, document):
        if "points" in document and self._chance(5):
            yield member, {**document, "points": document["points"] + 1}

    def _is_known(self, member):
        return bool(self.world.members[member].accounts)

    def _cancellation(self, member, program, redemption, points, at):
        """Of the whole, of a part, of more than there was; after a part there may be another."""
        part = self.random.choice((None, None, points // 2 + 1, 1, points + 1))
        if part is None:
            return super()._cancellation(member, program, redemption, points, at)
        return self._command(
            "points.redeem.cancel", member, at, programId=program, redemptionId=redemption, actor="support", points=part
        )

from metrics.models.facts import Fact, Moment, MomentKind
from metrics.models.figures import BacklogDay, DayFigure, DirtyDay, Progress

__all__ = ["BacklogDay", "DayFigure", "DirtyDay", "Fact", "Moment", "MomentKind", "Progress"]

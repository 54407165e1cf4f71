from metrics.models.facts import Fact, Moment, MomentKind
from metrics.models.figures import BacklogDay, DayFigure, DirtyDay, HoursOf, Progress

__all__ = ["BacklogDay", "DayFigure", "DirtyDay", "Fact", "HoursOf", "Moment", "MomentKind", "Progress"]

"""Days to sum up: a busy one with everything in it, and hostile names."""

from __future__ import annotations

from datetime import timedelta

from tests.stories import Story

from infusionroom.domain import commands as cmd
from infusionroom.domain import events as ev
from infusionroom.domain.figures import DayFigures, day_figures
from infusionroom.domain.open_matters import SetAside

FORMULA = '=HYPERLINK("http://evil.example","pay")'
MARKUP = "<script>alert(1)</script>"
REORDERED = "Smith\N{RIGHT-TO-LEFT OVERRIDE}htimS"


def busy_day(story: Story | None = None) -> Story:
    """Eight chairs on a Monday: long and short days, pauses, a slow recovery, a missing escort, no-shows."""
    story = story or Story()
    people = {
        name: story.person(name, given, planned=planned, course=course, before=before)
        for name, given, planned, course, before in (
            ("Marlowe", "Rae", "07:30", (1, 5), 2),
            ("Okafor", "Tunde", "07:30", None, 0),
            ("Halvorsen", "Kari", "08:00", (1, 10), 0),
            ("Bishop", "Ann", "08:00", (5, 5), 9),
            ("Nakamura", "Jun", "08:30", (3, 5), 14),
            ("Duarte", "Lucía", "09:00", (2, 10), 1),
            ("Petrov", "Ivan", "11:00", None, 0),
            ("Abara", "Chidi", "11:30", (2, 5), 1),
            ("Lindqvist", "Maja", "12:00", (7, 10), 6),
            ("Osei", "Peter", "12:30", (4, 5), 3),
            ("Castellanos-Wetherington", "Maximiliana", "07:45", (1, 1), 0),
        )
    }
    rae = people["Marlowe"].arrives("07:20").sits("07:25", 1).is_prepared("07:40", pain=8).starts("07:45")
    people["Petrov"].cancels("07:50", "fever")
    tunde = people["Okafor"].arrives("07:25").sits("07:30", 2).is_prepared("07:50", mg_h="35").starts("07:55")
    kari = people["Halvorsen"].arrives("07:50").sits("07:55", 3).is_prepared("08:10").starts("08:15")
    ann = people["Bishop"].arrives("08:00").sits("08:05", 4).is_prepared("08:20", pain=6).starts("08:25")
    jun = people["Nakamura"].arrives("08:25").sits("08:30", 5).is_prepared("08:40").starts("08:45")
    tunde.gets_bolus("08:50", "10")
    kari.pauses("08:55", "nausea")
    kari.has("08:57", ev.AdjunctGiven(drug="ondansetron", dose="4 mg", route="IV", why="nausea"))
    maxi = people["Castellanos-Wetherington"].arrives("08:50").sits("09:00", 7)
    kari.resumes("09:15")
    lucia = people["Duarte"].arrives("09:10").sits("09:15", 6).is_prepared("09:25", pain=9).starts("09:30")
    kari.pauses("10:00", "SBP 186")
    story.do(cmd.TakeChairOut(chair=8, why="arm rest broken"), "10:05")
    maxi.is_sent_home("10:20", "ate breakfast")
    rae.changes_rate("10:20", "15")
    story.do(cmd.CleanChair(chair=7), "10:35")
    kari.resumes("10:20")
    rae.stops("11:45")
    tunde.stops("11:55")
    kari.stops("12:05", "blood pressure, by Dr Osei")
    ann.stops("12:25")
    chidi = people["Abara"].arrives("11:40").sits("11:45", 7).is_prepared("12:00", pain=5).starts("12:05")
    jun.stops("12:45")
    rae.is_ready("12:50", pain=4).waits_for("12:50", "escort", "husband in traffic")
    ann.is_ready("13:00", pain=3)
    story.do(cmd.ReturnChair(chair=8), "13:00")
    people["Osei"].does_not_show("13:10")
    ann.leaves("13:10")
    story.do(cmd.CleanChair(chair=4), "13:25")
    lucia.stops("13:30")
    people["Lindqvist"].arrives("13:20").sits("13:30", 4).is_prepared("13:40", pain=6).starts("13:45")
    jun.is_ready("13:35", pain=None).leaves("13:45")
    story.do(cmd.CleanChair(chair=5), "13:55")
    rae.leaves("13:55")
    tunde.does(
        cmd.Override(
            visit=tunde.visit,
            gate="discharge",
            point="escort",
            physician="Dr Osei",
            reason="wife waits at the bus stop",
        ),
        "14:00",
    )
    tunde.is_ready("14:05", pain=3).leaves("14:10")
    story.do(cmd.CleanChair(chair=1), "14:15")
    story.do(cmd.CleanChair(chair=2), "14:30")
    lucia.leaves("15:05", against_advice="child at school")
    kari.has_pain("15:30", 6)
    chidi.stops("16:05")
    return story


def hostile_day() -> Story:
    """Names and notes that mean something to a spreadsheet, a browser, a Markdown reader or a terminal."""
    story = Story()
    formula = story.person(FORMULA, "+1").is_infused("08:00", "12:00", chair=1)
    formula.has("09:00", ev.SideEffectSeen(what="other", grade="mild", note="=1+1\n<b>x</b>"))
    formula.leaves("12:30", against_advice='@SUM(A1);=cmd|"/c calc"!A1')
    story.person(MARKUP, "*bold* `code` | cell").is_infused("08:00", "09:00", chair=2)
    story.person(REORDERED, "line\nbreak\x1b[31m").arrives("08:00").is_sent_home("08:05", "</style><b>")
    story.person("-3", "\t=1+1").cancels("07:00", "# heading & <img src=x onerror=alert(1)>")
    return story


def summary_of(story: Story, at: str = "+1 00:00") -> DayFigures:
    """The day's figures as the service would ask for them."""
    return day_figures(story.room, story.day, story.moment(at), chair_entries=story.chair_entries)


def with_leftovers(story: Story, at: str = "16:30") -> DayFigures:
    """The same, with an import entry that nobody has looked at."""
    aside = SetAside("monday.hl7", 12, "SCH-11", "the start has no time", story.moment("06:00"))
    return day_figures(
        story.room, story.day, story.moment(at), chair_entries=story.chair_entries, set_aside=[aside]
    )


def next_day(story: Story) -> DayFigures:
    """The day after, at noon."""
    return day_figures(
        story.room,
        story.day + timedelta(days=1),
        story.moment("+1 12:00"),
        chair_entries=story.chair_entries,
    )

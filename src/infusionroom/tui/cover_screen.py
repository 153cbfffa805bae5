"""The board over whatever was open when the terminal locked: live and masked, and nothing shows from beneath it."""

from __future__ import annotations

from infusionroom.tui.board_screen import BoardScreen


class CoverScreen(BoardScreen):
    """A second board. Only signing in takes it away: a form that ends beneath it does not."""

    lifted: bool = False

    def __init__(self) -> None:
        super().__init__(id="cover")

    def on_mount(self) -> None:
        home = self.app.home
        self.pane, self.tab, self.selected = home.pane, home.tab, home.selected
        if home.now is not None:
            # Until it is mounted it is given no board that is folded: it would stand empty until the next one.
            self.show(home.room, home.board, home.now)

"""The buttons under alerts, as a bot with some key makes them."""

from bot.commands.alert_buttons import AlertButtons
from bot.commands.buttons import Signer
from bot.commands.table import PRESSES

ALERT_BUTTONS = AlertButtons(Signer(b"a secret"), lambda: "watch_test_bot", PRESSES)

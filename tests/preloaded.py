"""Shipped rules, loaded once in the process that commands are forked from: their terms need not be parsed in each command."""

from monitor import paths
from monitor.matching.rules.load import load_rules

load_rules(paths.RULES)

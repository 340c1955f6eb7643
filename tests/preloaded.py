"""Shipped rules, loaded once in the process that commands are forked from: they need not be loaded anew in each command."""

from monitor import paths
from monitor.matching.rules.load import load_rules

rules = load_rules(paths.RULES)
load_rules(paths.RULES, rules.files)  # as a command loads them that finds them checked

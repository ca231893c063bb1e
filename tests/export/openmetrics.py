#!/usr/bin/python3
# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
"""Reads OpenMetrics with Prometheus' own parser and prints what it comes to, as make-recording does."""
import collections
import sys
from decimal import Decimal

from prometheus_client.openmetrics.parser import text_fd_to_metric_families

sums = collections.Counter()
with open(sys.argv[1], encoding="utf-8") as text:
    for family in text_fd_to_metric_families(text):
        for sample in family.samples:
            name, labels = sample.name.removeprefix("virtiofs_daxtop_"), sample.labels
            if name == "operations_total":
                sums["operations"] += int(sample.value)
            elif name == "operation_seconds_sum":
                sums["operations.ns"] += round(Decimal(sample.value) * 10**9)
            elif name == "operation_bytes_total" and labels["operation"] == "read":
                sums["op.read_bytes"] += int(sample.value)
            elif name == "wait_seconds_count":
                sums["wait.cnt"] += int(sample.value)
            elif name == "wait_seconds_sum":
                sums["wait.ns." + labels["wait"]] += round(Decimal(sample.value) * 10**9)
for name, value in sums.items():
    print(name, value)

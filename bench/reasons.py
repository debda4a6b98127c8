"""Why a row falls short of what is expected of it, from its profile. Printed only where the measured number does."""

REASONS = {}

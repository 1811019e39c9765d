"""The stepper's panels besides graph and chart: header, step bar, tables, equation."""

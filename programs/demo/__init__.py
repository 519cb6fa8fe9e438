"""Invented programs to try SmartPick on: a pure generator, and the one service that writes what it makes."""

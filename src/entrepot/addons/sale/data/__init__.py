"""Seed data of sales."""

"""The hardened consume loop under the stages."""

"""The AWS CLI judges the sandbox: `python cli_judge.py ENDPOINT STORY`, or `--list`."""

from __future__ import annotations

from bench import main

if __name__ == "__main__":
    main()

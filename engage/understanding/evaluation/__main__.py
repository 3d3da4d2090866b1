"""`python -m engage.understanding.evaluation FILES`."""

from engage.understanding.evaluation.measure import main

if __name__ == "__main__":
    main()

package org.heliograph.streams.rollup;

/**
 * Where a window is in its life: open, closed, restated. Sealed states; the legal transitions are their methods.
 */
public sealed interface Lifecycle {
    /** The number of the last published restatement: 0 until the window has been restated. */
    int revision();

    /** It has ended and is complete, or nothing came for so long that it is taken as complete. */
    Lifecycle closed();

    /** Its sums have changed. */
    Lifecycle changed();

    /** Still open: what was published may grow. */
    record Provisional() implements Lifecycle {
        @Override
        public int revision() {
            return 0;
        }

        @Override
        public Lifecycle closed() {
            return new Final();
        }

        @Override
        public Lifecycle changed() {
            return this;
        }
    }

    /** Closed, complete so far. */
    record Final() implements Lifecycle {
        @Override
        public int revision() {
            return 0;
        }

        @Override
        public Lifecycle closed() {
            return this;
        }

        @Override
        public Lifecycle changed() {
            return new Revised(1);
        }
    }

    /** Restated after it was final. */
    record Revised(int revision) implements Lifecycle {
        @Override
        public Lifecycle closed() {
            return this;
        }

        @Override
        public Lifecycle changed() {
            return new Revised(revision + 1);
        }
    }
}

package org.heliograph.streams.indicator;

/**
 * What the energies of a window say of the meters.
 *
 * @param device the meter at which the balance breaks; empty when it is the site's
 * @param suspect the meter that most likely is wrong; empty when nothing singles one out
 * @param valueMillijoules by how much
 */
public record Diagnosis(Rule rule, String device, String suspect, String text, long valueMillijoules) {
    /** What is wrong. */
    public enum Rule {
        /** The meters below one add up to more than it reads, and their accuracy doesn't explain it. */
        CHILDREN_ABOVE_PARENT("children-above-parent"),
        /** The IT equipment used more than the site. */
        PUE_BELOW_ONE("pue-below-one");

        private final String label;

        Rule(String label) {
            this.label = label;
        }

        public String label() {
            return label;
        }
    }

    /** Whom to look at first. */
    String culprit() {
        return suspect.isEmpty() ? device : suspect;
    }
}

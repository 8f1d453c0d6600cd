package org.heliograph.agent.config;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;

/**
 * What gives way when the journal is full: the first rule that fits a device counts; without one, what is new isn't taken.
 */
public record WhenFull(List<Rule> rules) {
    /** What happens. */
    public enum Way {
        REFUSE_NEW("refuse-new"),
        DROP_OLDEST("drop-oldest"),
        THIN_OUT("thin-out");

        private final String label;

        Way(String label) {
            this.label = label;
        }

        static Way labelled(String label) {
            for (Way way : values()) {
                if (way.label.equals(label)) {
                    return way;
                }
            }
            throw new IllegalArgumentException("'" + label + "' is none of refuse-new, drop-oldest, thin-out");
        }
    }

    /** Differs where the rules do, and is the same in every process. */
    public long number() {
        CRC32C number = new CRC32C();
        rules.forEach(rule ->
                number.update((rule.devices() + "=" + rule.way().label + "\n").getBytes(StandardCharsets.UTF_8)));
        return number.getValue();
    }

    /** @param devices a device's name, in which {@code *} stands for any characters */
    public record Rule(String devices, Way way) {
        private static final Pattern NAMES = Pattern.compile("[a-zA-Z0-9._*-]{1,128}");

        public Rule {
            if (!NAMES.matcher(devices).matches()) {
                throw new IllegalArgumentException(
                        "'" + devices + "' is no name of devices, such as inv-01 or inlet-*");
            }
        }

        public boolean fits(String device) {
            return fits(devices, device);
        }

        /** Goes back to the last star only, so that no pattern takes longer than the product of both lengths. */
        private static boolean fits(String pattern, String text) {
            int star = -1;
            int retry = 0;
            int i = 0;
            int j = 0;
            while (j < text.length()) {
                if (i < pattern.length() && pattern.charAt(i) == '*') {
                    star = i++;
                    retry = j;
                } else if (i < pattern.length() && pattern.charAt(i) == text.charAt(j)) {
                    i++;
                    j++;
                } else if (star >= 0) {
                    i = star + 1;
                    j = ++retry;
                } else {
                    return false;
                }
            }
            while (i < pattern.length() && pattern.charAt(i) == '*') {
                i++;
            }
            return i == pattern.length();
        }
    }

    public WhenFull {
        rules = List.copyOf(rules);
    }

    /** Whether there is a rule that thins out. */
    public boolean thins() {
        return rules.stream().anyMatch(rule -> rule.way() == Way.THIN_OUT);
    }

    public Way of(String device) {
        for (Rule rule : rules) {
            if (rule.fits(device)) {
                return rule.way();
            }
        }
        return Way.REFUSE_NEW;
    }
}

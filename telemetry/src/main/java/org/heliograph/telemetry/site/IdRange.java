package org.heliograph.telemetry.site;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Device ids with ranges, as in a shell: <code>pdu-{a..h}{01..24}{a,b}</code>. Every expansion remembers the text of
 * each brace, so that another text (an area) can refer to them as <code>{1}</code>, <code>{2}</code>, ...
 */
final class IdRange {
    private static final Pattern BRACE = Pattern.compile("\\{([^{}]*)}");
    private static final Pattern NUMBERS = Pattern.compile("(\\d{1,6})\\.\\.(\\d{1,6})");
    private static final Pattern LETTERS = Pattern.compile("([a-zA-Z])\\.\\.([a-zA-Z])");
    static final int MAX_IDS = 100_000;

    private IdRange() {}

    /** One id of a range and the text that each brace took. */
    record Expansion(String id, List<String> braces) {
        /** Replaces <code>{n}</code> by the text of brace n, counted from 1. */
        String resolve(String template) {
            String resolved = BRACE.matcher(template).replaceAll(brace -> {
                String index = brace.group(1);
                if (!index.matches("\\d{1,3}")
                        || Integer.parseInt(index) < 1
                        || Integer.parseInt(index) > braces.size()) {
                    throw new IllegalArgumentException(
                            "'{" + index + "}' refers to none of the id's " + braces.size() + " ranges");
                }
                return Matcher.quoteReplacement(braces.get(Integer.parseInt(index) - 1));
            });
            if (resolved.indexOf('{') >= 0 || resolved.indexOf('}') >= 0) {
                throw new IllegalArgumentException("'" + template + "' has a brace without its partner");
            }
            return resolved;
        }
    }

    /** @throws IllegalArgumentException with a sentence, if a range is wrong or expands to too many ids */
    static List<Expansion> expand(String pattern) {
        List<Expansion> expansions = List.of(new Expansion("", List.of()));
        Matcher brace = BRACE.matcher(pattern);
        int end = 0;
        while (brace.find()) {
            String literal = pattern.substring(end, brace.start());
            expansions = product(expansions, literal, alternatives(brace.group(1)));
            end = brace.end();
        }
        String tail = pattern.substring(end);
        return expansions.stream()
                .map(expansion -> new Expansion(expansion.id() + tail, expansion.braces()))
                .toList();
    }

    private static List<Expansion> product(List<Expansion> expansions, String literal, List<String> alternatives) {
        if ((long) expansions.size() * alternatives.size() > MAX_IDS) {
            throw new IllegalArgumentException("expands to more than " + MAX_IDS + " devices");
        }
        List<Expansion> product = new ArrayList<>(expansions.size() * alternatives.size());
        for (Expansion expansion : expansions) {
            for (String alternative : alternatives) {
                List<String> braces = new ArrayList<>(expansion.braces());
                braces.add(alternative);
                product.add(new Expansion(expansion.id() + literal + alternative, List.copyOf(braces)));
            }
        }
        return product;
    }

    private static List<String> alternatives(String brace) {
        Matcher numbers = NUMBERS.matcher(brace);
        if (numbers.matches()) {
            return numbers(numbers.group(1), numbers.group(2));
        }
        Matcher letters = LETTERS.matcher(brace);
        if (letters.matches()) {
            return letters(letters.group(1).charAt(0), letters.group(2).charAt(0));
        }
        List<String> listed = List.of(brace.split(",", -1));
        if (listed.size() < 2 || listed.stream().anyMatch(item -> item.isEmpty() || item.contains(".."))) {
            throw new IllegalArgumentException("'{" + brace + "}' is not a range such as {01..10}, {a..h} or {a,b}");
        }
        return listed;
    }

    private static List<String> numbers(String first, String last) {
        int from = Integer.parseInt(first);
        int to = Integer.parseInt(last);
        if (from > to) {
            throw new IllegalArgumentException("'{" + first + ".." + last + "}' runs backwards");
        }
        boolean padded = isPadded(first) || isPadded(last);
        if (padded && first.length() != last.length()) {
            throw new IllegalArgumentException("'{" + first + ".." + last + "}' has ends of different widths");
        }
        if (to - from >= MAX_IDS) {
            throw new IllegalArgumentException("expands to more than " + MAX_IDS + " devices");
        }
        String format = padded ? "%0" + first.length() + "d" : "%d";
        List<String> numbers = new ArrayList<>();
        for (int number = from; number <= to; number++) {
            numbers.add(String.format(Locale.ROOT, format, number));
        }
        return numbers;
    }

    private static boolean isPadded(String number) {
        return number.length() > 1 && number.startsWith("0");
    }

    private static List<String> letters(char first, char last) {
        if (first > last) {
            throw new IllegalArgumentException("'{" + first + ".." + last + "}' runs backwards");
        }
        List<String> letters = new ArrayList<>();
        for (char letter = first; letter <= last; letter++) {
            letters.add(String.valueOf(letter));
        }
        return letters;
    }
}

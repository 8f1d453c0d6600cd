package org.heliograph.telemetry.yaml;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * A mapping in a YAML file, read field by field. A missing or wrong field is noted as a flaw and read as the given
 * substitute, so that reading goes on and finds the other flaws. {@link #finish()} notes the fields that nobody asked
 * for.
 */
public final class Section {
    static final String NOT_A_MAPPING = "must be a mapping of fields to values";
    private static final String NOT_A_VALUE = "must be a single value";
    private static final Duration MAX_DURATION = Duration.ofDays(36_500);

    private final String file;
    private final String path;
    private final int line;
    private final Map<String, Node> fields;
    private final Set<String> asked = new LinkedHashSet<>();
    private final Flaws flaws;

    private Section(String file, String path, int line, Map<String, Node> fields, Flaws flaws) {
        this.file = file;
        this.path = path;
        this.line = line;
        this.fields = fields;
        this.flaws = flaws;
    }

    /** The top of a file; an empty section, with a flaw, when it can't be read or isn't a mapping. */
    public static Section of(Path file, Flaws flaws) {
        return Document.text(file, flaws)
                .map(text -> of(file.toString(), text, flaws))
                .orElseGet(() -> unreadable(file.toString(), "", 0));
    }

    /** The top of a text that is already in memory; {@code file} names it in flaws. */
    public static Section of(String file, String text, Flaws flaws) {
        return Document.top(file, text, flaws)
                .map(top -> new Section(file, "", 0, Map.of(), flaws).mapping(top, ""))
                .orElseGet(() -> unreadable(file, "", 0));
    }

    /**
     * The top of a file that ships with the product, beside the classes.
     *
     * @throws IllegalStateException if it isn't there: the program is incomplete
     */
    public static Section ofResource(Class<?> owner, String name, Flaws flaws) {
        return of(name, Document.resource(owner, name), flaws);
    }

    /** Stands in for what couldn't be read. That has been noted; what is missing from it is not, again. */
    private static Section unreadable(String file, String path, int line) {
        return new Section(file, path, line, Map.of(), new Flaws());
    }

    public boolean has(String key) {
        asked.add(key);
        return fields.containsKey(key);
    }

    /** A required text. */
    public String text(String key) {
        return parsed(key, Function.identity(), "");
    }

    public String text(String key, String otherwise) {
        return optional(key, Function.identity()).orElse(otherwise);
    }

    /** A required scalar through a parser that throws {@link IllegalArgumentException} with a sentence. */
    public <T> T parsed(String key, Function<String, T> parser, T substitute) {
        if (!has(key)) {
            flaw(key, "is missing");
            return substitute;
        }
        return optional(key, parser).orElse(substitute);
    }

    /** A scalar through a parser, empty when it is missing or (with a flaw) wrong. */
    public <T> Optional<T> optional(String key, Function<String, T> parser) {
        if (!has(key)) {
            return Optional.empty();
        }
        Node node = fields.get(key);
        if (!(node instanceof ScalarNode scalar) || isNull(scalar)) {
            flaw(key, NOT_A_VALUE);
            return Optional.empty();
        }
        return parsed(scalar, child(key), parser);
    }

    private <T> Optional<T> parsed(ScalarNode scalar, String field, Function<String, T> parser) {
        try {
            return Optional.of(parser.apply(scalar.getValue()));
        } catch (AbsentException e) {
            flaws.add(new Flaw(file, lineOf(scalar), field, e.getMessage(), true));
        } catch (IllegalArgumentException | DateTimeException | ArithmeticException e) {
            String message = e.getMessage() == null ? "is wrong" : e.getMessage();
            flaws.add(new Flaw(file, lineOf(scalar), field, message));
        }
        return Optional.empty();
    }

    public int integer(String key, int otherwise, int min, int max) {
        return optional(key, text -> {
                    long value;
                    try {
                        value = Long.parseLong(text);
                    } catch (NumberFormatException _) {
                        throw new IllegalArgumentException("'" + text + "' is not a whole number");
                    }
                    if (value < min || value > max) {
                        throw new IllegalArgumentException(text + " is not between " + min + " and " + max);
                    }
                    return (int) value;
                })
                .orElse(otherwise);
    }

    public double decimal(String key, double otherwise, double min, double max) {
        return optional(key, text -> {
                    double value;
                    try {
                        value = Double.parseDouble(text);
                    } catch (NumberFormatException _) {
                        throw new IllegalArgumentException("'" + text + "' is not a number");
                    }
                    if (!(value >= min && value <= max)) {
                        throw new IllegalArgumentException(text + " is not between " + min + " and " + max);
                    }
                    return value;
                })
                .orElse(otherwise);
    }

    /** An ISO 8601 duration, {@code PT48H}; never negative, nor so long that arithmetic with it could overflow. */
    public Duration duration(String key, Duration otherwise) {
        return optional(key, text -> {
                    Duration value;
                    try {
                        value = Duration.parse(text);
                    } catch (DateTimeException _) {
                        throw new IllegalArgumentException(
                                "'" + text + "' is not an ISO 8601 duration such as PT30S or PT48H");
                    }
                    if (value.isNegative()) {
                        throw new IllegalArgumentException("'" + text + "' is negative");
                    }
                    if (value.compareTo(MAX_DURATION) > 0) {
                        throw new IllegalArgumentException(
                                "'" + text + "' is longer than " + MAX_DURATION.toDays() + " days");
                    }
                    return value;
                })
                .orElse(otherwise);
    }

    public boolean flag(String key, boolean otherwise) {
        return optional(key, text -> switch (text) {
                    case "true" -> true;
                    case "false" -> false;
                    default -> throw new IllegalArgumentException("'" + text + "' is neither true nor false");
                })
                .orElse(otherwise);
    }

    /**
     * The file or folder that a text names, for a parser of fields; relative to the folder of the file that is read.
     *
     * @throws IllegalArgumentException with a sentence, if it names none
     */
    public Path resolved(String text) {
        try {
            return Path.of(file).toAbsolutePath().resolveSibling(text);
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException("'" + text + "' is not a path: " + e.getReason(), e);
        }
    }

    /** Whether a file that a field names is there; where it isn't, that is the field's flaw, or passes. */
    public boolean isThere(String key, Path named) {
        boolean isThere = Files.isReadable(named);
        if (!isThere) {
            absent(key, named + ": " + (Files.exists(named) ? "can't be read" : "no such file"));
        }
        return isThere;
    }

    /** A nested mapping; an empty one when it is missing or says nothing, or (with a flaw) is something else. */
    public Section section(String key) {
        if (has(key) && !saysNothing(key)) {
            if (fields.get(key) instanceof MappingNode mapping) {
                return mapping(mapping, child(key));
            }
            flaw(key, NOT_A_MAPPING);
            return unreadable(file, child(key), line);
        }
        return new Section(file, child(key), line, Map.of(), flaws);
    }

    /** A list of mappings; empty when it is missing. */
    public List<Section> sections(String key) {
        List<Section> sections = new ArrayList<>();
        List<Node> items = items(key);
        for (int i = 0; i < items.size(); i++) {
            String itemPath = child(key) + "[" + i + "]";
            if (items.get(i) instanceof MappingNode mapping) {
                sections.add(mapping(mapping, itemPath));
            } else {
                flaws.add(new Flaw(file, lineOf(items.get(i)), itemPath, NOT_A_MAPPING));
            }
        }
        return sections;
    }

    /** Whether it is a list, for a field that may be one. */
    public boolean isList(String key) {
        return has(key) && fields.get(key) instanceof SequenceNode;
    }

    public boolean isEmptyList(String key) {
        return isList(key) && items(key).isEmpty();
    }

    /** A mapping, or a list of mappings; an empty mapping when it is missing. */
    public List<Section> oneOrMoreSections(String key) {
        if (isList(key)) {
            return sections(key);
        }
        if (fields.get(key) instanceof ScalarNode && !saysNothing(key)) {
            flaw(key, NOT_A_MAPPING + ", or a list of such");
            return List.of(unreadable(file, child(key), line));
        }
        return List.of(section(key));
    }

    /** A list of texts; empty when it is missing. */
    public List<String> texts(String key) {
        return list(key, Function.identity());
    }

    /** A list through a parser that throws {@link IllegalArgumentException} with a sentence; what is wrong is left out. */
    public <T> List<T> list(String key, Function<String, T> parser) {
        List<T> values = new ArrayList<>();
        List<Node> items = items(key);
        for (int i = 0; i < items.size(); i++) {
            String item = child(key) + "[" + i + "]";
            if (items.get(i) instanceof ScalarNode scalar && !isNull(scalar)) {
                parsed(scalar, item, parser).ifPresent(values::add);
            } else {
                flaws.add(new Flaw(file, lineOf(items.get(i)), item, NOT_A_VALUE));
            }
        }
        return values;
    }

    /** A value, or a list of values: {@code average: a} or {@code average: [a, b]}; the given one when it is missing. */
    public List<String> oneOrMore(String key, String otherwise) {
        if (!has(key)) {
            return List.of(otherwise);
        }
        List<String> texts =
                fields.get(key) instanceof ScalarNode ? optional(key, List::of).orElse(List.of()) : texts(key);
        if (fields.get(key) instanceof SequenceNode sequence
                && sequence.getValue().isEmpty()) {
            flaw(key, "needs at least one value");
        }
        return texts.isEmpty() ? List.of(otherwise) : texts;
    }

    /** The fields in the file's order. */
    public List<String> keys() {
        return List.copyOf(fields.keySet());
    }

    /** Notes a flaw of this section's field. */
    public void flaw(String key, String message) {
        flaw(key, message, false);
    }

    /** Notes that what this section's field names isn't there at the moment, such as a disk that isn't mounted yet. */
    public void absent(String key, String message) {
        flaw(key, message, true);
    }

    private void flaw(String key, String message, boolean passing) {
        Node node = fields.get(key);
        flaws.add(new Flaw(file, node == null ? line : lineOf(node), child(key), message, passing));
    }

    /** Notes a flaw for each field that nobody asked for. */
    public void finish() {
        for (String key : fields.keySet()) {
            if (!asked.contains(key)) {
                flaw(key, "unknown field; known here: " + String.join(" ", asked));
            }
        }
    }

    /** {@code page:} with every line below it commented out. */
    private boolean saysNothing(String key) {
        return fields.get(key) instanceof ScalarNode scalar && scalar.getTag().equals(Tag.NULL);
    }

    private List<Node> items(String key) {
        if (has(key) && !saysNothing(key)) {
            if (fields.get(key) instanceof SequenceNode sequence) {
                return sequence.getValue();
            }
            flaw(key, "must be a list");
        }
        return List.of();
    }

    private Section mapping(MappingNode mapping, String mappingPath) {
        Map<String, Node> children = new LinkedHashMap<>();
        for (NodeTuple tuple : mapping.getValue()) {
            if (!(tuple.getKeyNode() instanceof ScalarNode scalar)) {
                flaws.add(new Flaw(file, lineOf(tuple.getKeyNode()), mappingPath, "a field's name must be a text"));
                continue;
            }
            String key = scalar.getValue();
            if (children.put(key, tuple.getValueNode()) != null) {
                flaws.add(new Flaw(file, lineOf(tuple.getKeyNode()), mappingPath, "'" + key + "' appears twice"));
            }
        }
        return new Section(file, mappingPath, lineOf(mapping), children, flaws);
    }

    private String child(String key) {
        return path.isEmpty() ? key : path + "." + key;
    }

    private static int lineOf(Node node) {
        return Document.line(node.getStartMark());
    }

    private static boolean isNull(ScalarNode scalar) {
        return scalar.getTag().equals(Tag.NULL);
    }
}

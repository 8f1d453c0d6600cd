package org.heliograph.agent.payload.json;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.heliograph.agent.payload.Decoded;
import org.heliograph.agent.payload.Refusal;
import org.heliograph.agent.payload.Samples;
import org.heliograph.telemetry.reading.DeviceId;
import org.heliograph.telemetry.reading.Readings;
import org.heliograph.telemetry.reading.Stamp;
import org.jspecify.annotations.Nullable;

/** Applies the rules of a configuration to messages. Safe for use by several threads. */
public final class JsonDecoder {
    private static final Pattern DECIMAL = Pattern.compile("[-+]?\\d{1,30}(\\.\\d{1,30})?([eE][-+]?\\d{1,3})?");

    /** What a float without a value is printed as. */
    private static final Pattern NO_NUMBER = Pattern.compile("(?i)[-+]?(nan|inf|infinity)");

    private final String site;
    private final List<Rule> rules;

    public JsonDecoder(String site, List<Rule> rules) {
        this.site = site;
        this.rules = List.copyOf(rules);
    }

    /** What to subscribe to. */
    public List<String> filters() {
        return rules.stream().map(rule -> rule.topic().filter()).distinct().toList();
    }

    /** Whether a message of this topic is any rule's. */
    public boolean knows(String topic) {
        return rules.stream().anyMatch(rule -> rule.topic().match(topic).isPresent());
    }

    /** Decodes a message whose topic it {@linkplain #knows knows}. */
    public Decoded decode(String topic, byte[] body, Instant arrival) {
        List<Applied> applied = new ArrayList<>();
        for (Rule rule : rules) {
            rule.topic().match(topic).ifPresent(names -> applied.add(new Applied(rule, names)));
        }
        try {
            Set<String> wanted =
                    applied.stream().flatMap(a -> a.rule.pointers().stream()).collect(Collectors.toSet());
            Document document = Document.read(body, wanted);
            applied.removeIf(a -> !holds(a.rule.condition(), document));
            if (applied.isEmpty()) {
                return new Decoded.Accepted(List.of(), Stamp.DEVICE);
            }
            return readings(applied, document, arrival);
        } catch (Refusal refusal) {
            return new Decoded.Refused(refusal.reason());
        }
    }

    private record Applied(Rule rule, Map<String, String> names) {}

    private Decoded readings(List<Applied> applied, Document document, Instant arrival) throws Refusal {
        Map<String, List<Rule>> byDevice = new LinkedHashMap<>();
        Refusal unlisted = null;
        boolean saysNothing = false;
        for (Applied one : applied) {
            Rule rule = one.rule;
            if (rule.points().stream().noneMatch(point -> isThere(document, point))) {
                saysNothing |= rule.points().stream()
                        .anyMatch(point -> document.at(point.at()) instanceof Document.Value.Nothing);
                continue;
            }
            Optional<String> device = rule.deviceOf(one.names);
            if (device.isEmpty()) {
                // of one message's channels some may be nobody's, and the others are heard
                unlisted = new Refusal(Refusal.quoted(rule.device().fill(one.names))
                        + " is not among the devices that the mapping lists: "
                        + Refusal.quoted(
                                String.join(", ", new TreeSet<>(rule.devices().keySet()))));
                continue;
            }
            byDevice.computeIfAbsent(device.get(), _ -> new ArrayList<>()).add(rule);
        }
        if (byDevice.isEmpty() && unlisted != null) {
            throw unlisted;
        }
        if (byDevice.isEmpty() && !saysNothing && applied.stream().noneMatch(a -> a.rule.optional())) {
            throw new Refusal("none of the mapped points is in it: "
                    + applied.stream()
                            .flatMap(a -> a.rule.points().stream())
                            .map(point -> point.at().toString())
                            .distinct()
                            .collect(Collectors.joining(" ")));
        }
        return readings(byDevice, document, arrival);
    }

    /** Of each device all is taken or nothing; what is wrong with one takes none of the others with it. */
    private Decoded readings(Map<String, List<Rule>> byDevice, Document document, Instant arrival) throws Refusal {
        List<Readings> readings = new ArrayList<>();
        Set<Stamp> stamps = EnumSet.noneOf(Stamp.class);
        Refusal wrong = null;
        for (Map.Entry<String, List<Rule>> device : byDevice.entrySet()) {
            try {
                Samples samples = new Samples(new DeviceId(site, named(device.getKey())));
                Set<Stamp> own = EnumSet.noneOf(Stamp.class);
                for (Rule rule : device.getValue()) {
                    TimeField time = rule.time();
                    Optional<Instant> told = time == null ? Optional.empty() : time.read(document, arrival);
                    own.add(told.isPresent() ? Stamp.DEVICE : Stamp.ARRIVAL);
                    add(samples, rule, document, told.orElse(arrival).toEpochMilli());
                }
                samples.readings().ifPresent(readings::add);
                stamps.addAll(own);
            } catch (Refusal refusal) {
                wrong = wrong == null ? refusal : wrong;
            }
        }
        if (wrong != null && readings.isEmpty()) {
            throw wrong;
        }
        Stamp stamp = stamps.size() > 1 ? Stamp.MIXED : stamps.contains(Stamp.ARRIVAL) ? Stamp.ARRIVAL : Stamp.DEVICE;
        return new Decoded.Accepted(readings, stamp, Optional.ofNullable(wrong).map(Refusal::reason));
    }

    private static boolean isThere(Document document, Rule.MappedPoint mapped) {
        return switch (document.at(mapped.at())) {
            case null -> false;
            case Document.Value.Nothing _ -> false;
            case Document.Value.Numbers _ -> mapped.sum();
            case Document.Value _ -> true;
        };
    }

    private static String named(String device) throws Refusal {
        if (!DeviceId.isName(device)) {
            throw new Refusal(
                    Refusal.quoted(device) + " is not a device's name; list it under 'devices' of the mapping");
        }
        return device;
    }

    private static void add(Samples samples, Rule rule, Document document, long timeMillis) throws Refusal {
        for (Rule.MappedPoint mapped : rule.points()) {
            switch (document.at(mapped.at())) {
                case Document.Value.Decimal(BigDecimal number) -> {
                    if (mapped.listsNumbers()) {
                        addWord(samples, mapped, number.stripTrailingZeros().toPlainString(), timeMillis);
                    } else {
                        samples.number(
                                mapped.point(), timeMillis, mapped.factor().apply(number));
                    }
                }
                case Document.Value.Text(String text) -> addText(samples, mapped, text, timeMillis);
                case Document.Value.Flag(boolean flag) -> {
                    if (mapped.listsFlags()) {
                        addWord(samples, mapped, String.valueOf(flag), timeMillis);
                    } else {
                        samples.flag(mapped.point(), timeMillis, flag);
                    }
                }
                case Document.Value.Numbers numbers -> addSum(samples, mapped, numbers.sum(), timeMillis);
                case Document.Value.Structure _ -> throw new Refusal("'" + mapped.at() + "' is not a single value");
                case Document.Value.Nothing _ -> {
                    // the device has none now
                }
                case null -> {
                    // devices leave out what they don't have
                }
            }
        }
        Pointer serial = rule.serial();
        if (serial != null && document.at(serial) instanceof Document.Value.Text(String text)) {
            samples.serial(text);
        }
    }

    /** The sum over a meter's phases; a voltage has none. */
    private static void addSum(Samples samples, Rule.MappedPoint mapped, @Nullable BigDecimal sum, long timeMillis)
            throws Refusal {
        if (!mapped.sum()) {
            return;
        }
        if (sum == null) {
            samples.absent();
        } else {
            samples.number(mapped.point(), timeMillis, mapped.factor().apply(sum));
        }
    }

    /** Looks up a number, true or false: one that isn't listed would be taken for what it doesn't mean. */
    private static void addWord(Samples samples, Rule.MappedPoint mapped, String text, long timeMillis) throws Refusal {
        Integer word = mapped.words().get(text);
        if (word == null) {
            throw new Refusal(
                    "'" + mapped.at() + "' is " + Refusal.quoted(text) + ", which is none of " + listed(mapped));
        }
        samples.number(mapped.point(), timeMillis, BigDecimal.valueOf(word));
    }

    private static Set<String> listed(Rule.MappedPoint mapped) {
        return new TreeSet<>(mapped.words().keySet());
    }

    private static void addText(Samples samples, Rule.MappedPoint mapped, String text, long timeMillis) throws Refusal {
        Integer word = mapped.words().get(text.toLowerCase(Locale.ROOT));
        if (word != null) {
            samples.number(mapped.point(), timeMillis, BigDecimal.valueOf(word));
        } else if (mapped.words().isEmpty() && DECIMAL.matcher(text).matches()) {
            BigDecimal number = Samples.bounded(mapped.at().toString(), new BigDecimal(text));
            samples.number(mapped.point(), timeMillis, mapped.factor().apply(number));
        } else if (NO_NUMBER.matcher(text).matches()) {
            samples.absent();
        } else {
            throw new Refusal("'" + mapped.at() + "' is " + Refusal.quoted(text) + ", which is not a number"
                    + (mapped.words().isEmpty() ? "" : " nor one of " + listed(mapped)));
        }
    }

    private static boolean holds(Rule.@Nullable Condition condition, Document document) {
        if (condition == null) {
            return true;
        }
        return switch (document.at(condition.at())) {
            case Document.Value.Text(String text) -> text.equals(condition.equals());
            case Document.Value.Decimal(BigDecimal number) ->
                number.toPlainString().equals(condition.equals());
            case Document.Value.Flag(boolean flag) -> String.valueOf(flag).equals(condition.equals());
            case Document.Value.Numbers _, Document.Value.Structure _, Document.Value.Nothing _ -> false;
            case null -> false;
        };
    }
}

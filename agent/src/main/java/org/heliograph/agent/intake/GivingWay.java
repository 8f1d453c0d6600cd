package org.heliograph.agent.intake;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Predicate;
import org.heliograph.agent.journal.Entry;
import org.heliograph.agent.journal.Shedding;
import org.heliograph.agent.journal.Stored;
import org.heliograph.agent.journal.Survey;
import org.heliograph.telemetry.reading.DeviceId;
import org.heliograph.telemetry.wire.Dispatch;
import org.heliograph.telemetry.wire.Loss;
import org.heliograph.telemetry.wire.Origin;
import org.heliograph.telemetry.wire.PackCodec;

/**
 * What gives way when the journal is full, by the configuration. Thinned out is first; what is still too much goes from the
 * oldest on. What goes, and what it says of losses, is told by the next pack of its device that stays; by a report, where none
 * is near. A presence stays until a later one is near, so that nothing that comes without end stays without end.
 */
public final class GivingWay implements Shedding {
    /** What it costs a pack to tell of those before it, roughly. */
    private static final long TELLING_BYTES = 64;

    /** A report with more becomes several: none is too large for who reads it, whatever a device has done. */
    private static final int REPORT_RANGES_MAX = 1_000;

    private final DeviceId agent;
    private final Predicate<String> yields;
    private final Predicate<String> thins;
    private final boolean anyThins;
    private final long rules;

    /** By the names of devices, of which none is thinned out: the oldest give way at once. */
    public GivingWay(DeviceId agent, Predicate<String> yields, long rules) {
        this(agent, yields, _ -> false, false, rules);
    }

    /**
     * By the names of devices.
     *
     * @param agent as a device of its site
     * @param yields whose oldest readings may give way
     * @param thins of those, whose readings are thinned out first
     * @param rules the number of these two
     */
    public GivingWay(DeviceId agent, Predicate<String> yields, Predicate<String> thins, long rules) {
        this(agent, yields, thins, true, rules);
    }

    private GivingWay(DeviceId agent, Predicate<String> yields, Predicate<String> thins, boolean anyThins, long rules) {
        this.anyThins = anyThins;
        this.rules = rules;
        this.agent = agent;
        this.yields = yields;
        this.thins = thins;
    }

    @Override
    public boolean yields(String key) {
        return yields.test(device(key));
    }

    @Override
    public boolean thins() {
        return anyThins;
    }

    @Override
    public long rules() {
        return rules;
    }

    @Override
    public Round round(long boot) {
        return new Losing(boot);
    }

    @Override
    public Survey survey(long boot, long nowMillis) {
        return new DamageSurvey(agent, boot, nowMillis);
    }

    private record Look(Stored stored, Dispatch dispatch) {}

    private static String device(String key) {
        return key.substring(key.indexOf('/') + 1);
    }

    private final class Losing implements Round {
        private final long boot;
        /** By key, then by the agent that numbered them: a journal may hold packs of another name that its agent had. */
        private final Map<String, Map<String, DevicePacks>> all = new LinkedHashMap<>();

        private Optional<DevicePacks> last = Optional.empty();

        Losing(long boot) {
            this.boot = boot;
        }

        @Override
        public List<Change> thin(List<Stored> page) {
            Set<DevicePacks> looked = new LinkedHashSet<>();
            for (Stored stored : page) {
                if (thins.test(device(stored.entry().key()))) {
                    dispatch(stored.entry()).ifPresent(dispatch -> {
                        DevicePacks packs = packs(stored, dispatch);
                        packs.thin(stored, dispatch);
                        looked.add(packs);
                        last = Optional.of(packs);
                    });
                }
            }
            return changes(looked);
        }

        @Override
        public OptionalLong firstOpen() {
            return last.isEmpty()
                    ? OptionalLong.empty()
                    : all.values().stream()
                            .flatMap(ofKey -> ofKey.values().stream())
                            .map(packs -> packs.firstOpen(
                                    last.get().start(), last.get().minute()))
                            .flatMapToLong(OptionalLong::stream)
                            .min();
        }

        @Override
        public List<Change> drop(List<Stored> page, long bytes) {
            List<Look> looks = new ArrayList<>(page.size());
            Map<String, Long> present = new HashMap<>();
            for (Stored stored : page) {
                dispatch(stored.entry()).ifPresent(dispatch -> {
                    looks.add(new Look(stored, dispatch));
                    dispatch.presence()
                            .ifPresent(_ -> present.put(stored.entry().key(), stored.offset()));
                });
            }
            List<Change> changes = new ArrayList<>();
            Set<DevicePacks> waiting = new HashSet<>();
            long freed = 0;
            for (Look look : looks) {
                Stored stored = look.stored();
                boolean isEnough = freed >= bytes + TELLING_BYTES * waiting.size();
                if (isEnough && waiting.isEmpty()) {
                    break;
                }
                DevicePacks packs = packs(stored, look.dispatch());
                if (isEnough) {
                    packs.stay(stored, look.dispatch());
                } else {
                    boolean isOutdated = present.getOrDefault(stored.entry().key(), 0L) > stored.offset();
                    packs.drop(stored, look.dispatch(), isOutdated);
                }
                if (packs.waitsForNext()) {
                    waiting.add(packs);
                } else {
                    waiting.remove(packs);
                }
                for (Change change : packs.changes()) {
                    changes.add(change);
                    freed += change.freedBytes();
                }
            }
            return changes;
        }

        private DevicePacks packs(Stored stored, Dispatch dispatch) {
            return all.computeIfAbsent(stored.entry().key(), _ -> new LinkedHashMap<>())
                    .computeIfAbsent(dispatch.origin().agent(), _ -> new DevicePacks());
        }

        private static List<Change> changes(Set<DevicePacks> looked) {
            return looked.stream().flatMap(packs -> packs.changes().stream()).toList();
        }

        @Override
        public Set<String> keys() {
            Set<String> keys = new LinkedHashSet<>();
            all.forEach((key, ofKey) -> {
                if (ofKey.values().stream().anyMatch(packs -> !packs.untold().isEmpty())) {
                    keys.add(key);
                }
            });
            return keys;
        }

        @Override
        public List<Entry> reports(String key, Optional<Entry> earlier, long offset) {
            Map<String, Account> accounts = new LinkedHashMap<>(); // that of the earlier report is first
            Optional<Dispatch> before = earlier.flatMap(GivingWay::dispatch);
            before.ifPresent(dispatch -> accounts.put(
                    dispatch.origin().agent(),
                    new Account().add(dispatch.losses(), earlier.get().timestampMillis())));
            all.getOrDefault(key, Map.of()).forEach((numberedBy, packs) -> {
                if (!packs.untold().isEmpty()) {
                    accounts.computeIfAbsent(numberedBy, _ -> new Account()).add(packs.untold(), packs.latestMillis());
                }
            });
            List<Entry> reports = new ArrayList<>();
            accounts.forEach((numberedBy, account) -> {
                for (List<Loss> losses : account.losses.parts(REPORT_RANGES_MAX)) {
                    long number = offset + reports.size() - (before.isPresent() ? 1 : 0);
                    Origin origin = reports.isEmpty() && before.isPresent()
                            ? before.get().origin()
                            : Origin.ofReport(numberedBy, boot, number);
                    Dispatch report = Dispatch.of(DeviceId.ofKey(key), origin, losses);
                    reports.add(Entry.report(key, account.latestMillis, PackCodec.encode(report)));
                }
            });
            return reports;
        }
    }

    /** What reports say of the packs of a device that one agent has numbered: in its name, or their numbers would be another's. */
    private static final class Account {
        private final Tally losses = new Tally();
        private long latestMillis;

        Account add(List<Loss> some, long millis) {
            losses.addAll(some);
            latestMillis = Math.max(latestMillis, millis);
            return this;
        }
    }

    /** Of what is no pack nothing could be counted: it stays. */
    private static Optional<Dispatch> dispatch(Entry entry) {
        return PackCodec.read(entry.value());
    }
}

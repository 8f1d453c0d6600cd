package org.heliograph.streams.gap;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The packs of one device, by the agents that numbered them and the starts of those. Not safe for threads. */
public final class DeviceLedger {
    /** At most this many starts are kept open for a device; the one not heard for longest is summed up and closed. */
    static final int MAX_BOOTS = 16;

    /** At most this many closed starts are remembered, so that what is repeated of them isn't taken for a new start. */
    static final int MAX_CLOSED = 64;

    /** Closed starts are summed up by agent: of so many agents, and of the others together. */
    static final int MAX_AGENTS = 16;

    /** The name under which the closed starts of too many agents are summed up. */
    static final String OTHERS = "others";

    private final Map<BootId, BootLedger> open = new HashMap<>();
    private final Map<String, PackCounts> closed = new TreeMap<>();
    private final Set<BootId> remembered = new LinkedHashSet<>();

    /** A start of an agent. */
    public record BootId(String agent, long boot) {}

    /**
     * What is kept of an open start.
     *
     * @param received ranges: from inclusive, to exclusive, from, to, ...
     * @param reported likewise
     * @param reports the numbers of the reports that have come, likewise
     */
    @SuppressWarnings("ArrayRecordComponent") // made to be stored, never compared
    public record Boot(
            BootId id,
            boolean fromStart,
            long[] received,
            long[] reported,
            long[] reports,
            long duplicates,
            long unnumbered,
            long readings,
            long closedMissing,
            long closedReported,
            long heardMillis) {}

    /** All that is kept. */
    public record State(List<Boot> open, Map<String, PackCounts> closed, List<BootId> remembered) {
        public State {
            open = List.copyOf(open);
            closed = Map.copyOf(closed);
            remembered = List.copyOf(remembered);
        }
    }

    public static DeviceLedger of(State state) {
        DeviceLedger ledger = new DeviceLedger();
        state.open().forEach(boot -> ledger.open.put(boot.id(), BootLedger.of(boot)));
        ledger.closed.putAll(state.closed());
        ledger.remembered.addAll(state.remembered());
        return ledger;
    }

    public State state() {
        List<Boot> boots = new ArrayList<>(open.size());
        open.forEach((id, boot) -> boots.add(boot.state(id)));
        return new State(boots, closed, List.copyOf(remembered));
    }

    /**
     * A pack has come.
     *
     * @param listensFromStart whether all that was ever sent of this device has come by here. If not, the first start of an
     *     agent that is heard, and those before it, may have begun before
     * @return whether it is here for the first time
     */
    public boolean receive(BootId id, long sequence, boolean listensFromStart, long nowMillis) {
        if (sequence == Long.MAX_VALUE) {
            return false; // nobody has counted that far, and there is no number after it
        }
        if (remembered.contains(id)) {
            closed.merge(closedName(id.agent()), PackCounts.ONE_DUPLICATE, PackCounts::plus);
            return false;
        }
        boolean first = boot(id, listensFromStart).receive(sequence, nowMillis);
        closeOldest();
        return first;
    }

    /** An agent's own report has come: its number is no pack's. Returns whether it is here for the first time. */
    public boolean receiveReport(BootId id, long number, boolean listensFromStart, long nowMillis) {
        if (number == Long.MAX_VALUE || remembered.contains(id)) {
            return false;
        }
        boolean first = boot(id, listensFromStart).receiveReport(number, nowMillis);
        closeOldest();
        return first;
    }

    /**
     * An agent says that packs will never come.
     *
     * @param id the start that numbered them
     * @param to exclusive
     */
    public void giveUp(BootId id, long from, long to, boolean listensFromStart) {
        if (from >= 0 && from < to && !remembered.contains(id)) {
            boot(id, listensFromStart).giveUp(from, to);
            closeOldest();
        }
    }

    /** An agent's start, heard before, says that it has lost what never got a number, and so many readings in all. */
    public void lost(BootId id, long packsUnnumbered, long readings) {
        BootLedger boot = open.get(id);
        if (boot == null) {
            PackCounts late = new PackCounts(0, 0, 0, 0, packsUnnumbered, readings);
            closed.merge(closedName(id.agent()), late, PackCounts::plus);
        } else {
            boot.lost(packsUnnumbered, readings);
        }
    }

    private BootLedger boot(BootId id, boolean listensFromStart) {
        return open.computeIfAbsent(id, _ -> BootLedger.begin(listensFromStart || knowsEarlier(id)));
    }

    /**
     * Whether an earlier start of the agent was heard: this one has begun since. An earlier one that is heard of later, say
     * by a report of what it lost, may have begun before anybody listened.
     */
    private boolean knowsEarlier(BootId start) {
        return Stream.concat(open.keySet().stream(), remembered.stream())
                .anyMatch(id -> id.agent().equals(start.agent()) && id.boot() < start.boot());
    }

    private void closeOldest() {
        while (open.size() > MAX_BOOTS) {
            BootId oldest = open.entrySet().stream()
                    .min(Comparator.comparingLong((Map.Entry<BootId, BootLedger> boot) ->
                                    boot.getValue().heardMillis())
                            .thenComparing(boot -> boot.getKey().agent())
                            .thenComparing(boot -> boot.getKey().boot()))
                    .orElseThrow()
                    .getKey();
            BootLedger boot = open.remove(oldest);
            if (boot != null) {
                closed.merge(closedName(oldest.agent()), boot.counts(), PackCounts::plus);
            }
            remembered.add(oldest);
            if (remembered.size() > MAX_CLOSED) {
                remembered.remove(remembered.iterator().next());
            }
        }
    }

    private String closedName(String agent) {
        return closed.containsKey(agent) || closed.size() < MAX_AGENTS ? agent : OTHERS;
    }

    /** By agent, over all its starts. */
    public Map<String, PackCounts> byAgent() {
        Map<String, PackCounts> sums = new TreeMap<>(closed);
        open.forEach((id, boot) -> sums.merge(id.agent(), boot.counts(), PackCounts::plus));
        return sums;
    }
}

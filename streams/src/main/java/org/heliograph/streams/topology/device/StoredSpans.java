package org.heliograph.streams.topology.device;

import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import org.heliograph.streams.energy.Flag;
import org.heliograph.streams.energy.Span;
import org.heliograph.streams.topology.state.v1.DeviceIrregularities;
import org.heliograph.streams.topology.state.v1.RegisterSpan;
import org.heliograph.streams.topology.state.v1.RegisterSpans;
import org.heliograph.telemetry.reading.Point;

/** What isn't plain about a device's registers, as it is stored; equal contents are equal messages. */
final class StoredSpans {
    private StoredSpans() {}

    static DeviceIrregularities encode(
            NavigableSet<Long> minutesMillis, Map<Point, List<Span>> spans, Map<Point, Long> settledMillis) {
        DeviceIrregularities.Builder message = DeviceIrregularities.newBuilder().addAllMinuteMs(minutesMillis);
        for (Point register : Point.values()) {
            RegisterSpans.Builder one = RegisterSpans.newBuilder();
            spans.getOrDefault(register, List.of()).forEach(span -> one.addSpans(encode(span)));
            one.setSettledMs(settledMillis.getOrDefault(register, 0L));
            if (one.getSpansCount() > 0 || one.getSettledMs() > 0) {
                message.addRegisters(one.setPoint(register.number()));
            }
        }
        return message.build();
    }

    private static RegisterSpan encode(Span span) {
        return RegisterSpan.newBuilder()
                .setFromMs(span.fromMillis())
                .setToMs(span.toMillis())
                .setMillijoules(span.millijoules())
                .setCovered(span.isCovered())
                .addAllFlags(span.flags().stream().map(Flag::label).sorted().toList())
                .build();
    }

    /** By register: the steps that end by then are settled. */
    static Map<Point, Long> settledMillis(DeviceIrregularities message) {
        Map<Point, Long> settled = new EnumMap<>(Point.class);
        message.getRegistersList().stream()
                .filter(register -> register.getSettledMs() > 0)
                .forEach(register -> Point.numbered(register.getPoint())
                        .ifPresent(point -> settled.put(point, register.getSettledMs())));
        return settled;
    }

    static Map<Point, List<Span>> decode(DeviceIrregularities message) {
        Map<Point, List<Span>> spans = new EnumMap<>(Point.class);
        message.getRegistersList().stream()
                .filter(register -> register.getSpansCount() > 0)
                .forEach(register -> Point.numbered(register.getPoint())
                        .ifPresent(point -> spans.put(
                                point,
                                register.getSpansList().stream()
                                        .map(StoredSpans::decode)
                                        .toList())));
        return spans;
    }

    private static Span decode(RegisterSpan span) {
        Set<Flag> flags = EnumSet.noneOf(Flag.class);
        span.getFlagsList().forEach(label -> flags.add(Flag.labelled(label)));
        return new Span(span.getFromMs(), span.getToMs(), span.getMillijoules(), span.getCovered(), flags);
    }
}

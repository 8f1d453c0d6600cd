package org.heliograph.streams.topology;

import java.util.Collection;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
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

    static DeviceIrregularities encode(Collection<Long> minutesMillis, Map<Point, List<Span>> spans) {
        DeviceIrregularities.Builder message = DeviceIrregularities.newBuilder().addAllMinuteMs(minutesMillis);
        spans.forEach((register, all) -> {
            RegisterSpans.Builder one = RegisterSpans.newBuilder().setPoint(register.number());
            all.forEach(span -> one.addSpans(RegisterSpan.newBuilder()
                    .setFromMs(span.fromMillis())
                    .setToMs(span.toMillis())
                    .setMillijoules(span.millijoules())
                    .setCovered(span.isCovered())
                    .addAllFlags(span.flags().stream().map(Flag::label).sorted().toList())));
            message.addRegisters(one);
        });
        return message.build();
    }

    static Map<Point, List<Span>> decode(DeviceIrregularities message) {
        Map<Point, List<Span>> spans = new EnumMap<>(Point.class);
        message.getRegistersList()
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

package org.heliograph.streams.topology.device;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.ExtensionRegistryLite;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.heliograph.streams.gap.DeviceLedger.BootId;
import org.heliograph.streams.ingest.Gate;
import org.heliograph.telemetry.reading.DeviceId;
import org.heliograph.telemetry.wire.Origin;
import org.heliograph.telemetry.wire.v1.ClockQuality;
import org.heliograph.telemetry.wire.v1.Loss;
import org.heliograph.telemetry.wire.v1.Pack;
import org.jspecify.annotations.Nullable;

/**
 * Who numbered a pack, by whose clock, and what its agent says beside the readings. Read on its own, past the readings:
 * a pack whose readings are refused has come all the same, and isn't missing.
 *
 * @param report whether the number is a report's, not a pack's
 */
record PackHeader(
        DeviceId device, BootId origin, long sequence, boolean report, ClockQuality clock, List<Loss> losses) {
    PackHeader {
        losses = List.copyOf(losses);
    }

    /** The header in a record's value; empty if that is no pack, or not of the device that the key names. */
    static Optional<PackHeader> read(@Nullable String key, byte @Nullable [] value) {
        if (key == null || value == null || value.length > Gate.VALUE_BYTES_MAX) {
            return Optional.empty();
        }
        String site = "";
        String device = "";
        String agent = "";
        long boot = 0;
        long sequence = 0;
        boolean report = false;
        ClockQuality clock = ClockQuality.CLOCK_QUALITY_UNSPECIFIED;
        List<Loss> losses = new ArrayList<>();
        try {
            CodedInputStream pack = CodedInputStream.newInstance(value);
            for (int tag = pack.readTag(); tag != 0; tag = pack.readTag()) {
                switch (WireFormat.getTagFieldNumber(tag)) {
                    case Pack.SITE_FIELD_NUMBER -> site = pack.readString();
                    case Pack.DEVICE_FIELD_NUMBER -> device = pack.readString();
                    case Pack.AGENT_FIELD_NUMBER -> agent = pack.readString();
                    case Pack.BOOT_FIELD_NUMBER -> boot = pack.readFixed64();
                    case Pack.SEQUENCE_FIELD_NUMBER -> sequence = pack.readUInt64();
                    case Pack.REPORT_FIELD_NUMBER -> report = pack.readBool();
                    case Pack.CLOCK_FIELD_NUMBER ->
                        clock = Optional.ofNullable(ClockQuality.forNumber(pack.readEnum()))
                                .orElse(ClockQuality.CLOCK_QUALITY_UNSPECIFIED);
                    case Pack.LOSSES_FIELD_NUMBER ->
                        losses.add(pack.readMessage(Loss.parser(), ExtensionRegistryLite.getEmptyRegistry()));
                    default -> pack.skipField(tag);
                }
            }
        } catch (IOException e) {
            return Optional.empty(); // the gate says so, and why
        }
        boolean isNamed = DeviceId.isName(site) && DeviceId.isName(device) && agent.length() <= Origin.AGENT_LENGTH_MAX;
        if (sequence < 0 || !isNamed) {
            return Optional.empty();
        }
        DeviceId id = new DeviceId(site, device);
        return id.key().equals(key)
                ? Optional.of(new PackHeader(id, new BootId(agent, boot), sequence, report, clock, losses))
                : Optional.empty();
    }
}

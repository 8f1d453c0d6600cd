package org.heliograph.sim.plant;

import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.site.Device;
import org.heliograph.telemetry.site.Role;
import org.heliograph.telemetry.site.SiteModel;

/**
 * The site's devices as they feed each other, and the columns in which their energies are booked: every register of the
 * site has one, and so has every loss that no meter sees.
 */
public final class Layout {
    /** The losses between the meters. */
    public enum Loss {
        FEEDER,
        FLOOR_PDU,
        UPS,
        TRANSFORMER
    }

    static final int IMPORT = 0;
    static final int EXPORT = 1;

    /** Racks that 1.5 MW are meant for. */
    private static final double RATED_RACKS = 190;

    private static final double RATED_IT_WATTS = 1_500_000;

    private static final int NONE = -1;

    private final SiteModel model;
    private final List<Device> devices;
    private final Map<Role, List<Device>> byRole = new EnumMap<>(Role.class);
    private final Map<Role, Integer> firstColumn = new EnumMap<>(Role.class);
    private final Map<String, Integer> columns = new HashMap<>();
    private final int firstLoss;

    private Layout(SiteModel model, List<Device> devices) {
        this.model = model;
        this.devices = devices;
        for (Role role : Role.values()) {
            byRole.put(role, new ArrayList<>());
        }
        devices.forEach(device -> of(device.role()).add(device));
        int next = 2;
        for (Role role : List.of(Role.PV, Role.UPS, Role.FLOOR_PDU, Role.IT, Role.COOLING, Role.AUXILIARY)) {
            firstColumn.put(role, next);
            for (Device device : of(role)) {
                columns.put(device.id(), next++);
            }
        }
        firstLoss = next;
    }

    /**
     * The site as its model has it at a moment.
     *
     * @throws IllegalArgumentException with a sentence, if the plant can't simulate such a site
     */
    public static Layout of(SiteModel model, Instant at) {
        Layout layout = new Layout(
                model,
                model.devicesAt(at).stream()
                        .filter(device -> !device.profile().isOfAgent())
                        .toList());
        List<String> wrong = layout.wrong();
        if (!wrong.isEmpty()) {
            throw new IllegalArgumentException(
                    "the simulated plant needs one utility meter (grid), at least one each of ups, floor-pdu, it and cooling,"
                            + " and neither battery nor generator; this site has " + String.join(", ", wrong));
        }
        return layout;
    }

    private List<String> wrong() {
        List<String> wrong = new ArrayList<>();
        int grids = of(Role.GRID).size();
        if (grids != 1) {
            wrong.add((grids == 0 ? "no" : grids) + " grid");
        }
        for (Role role : List.of(Role.UPS, Role.FLOOR_PDU, Role.IT, Role.COOLING)) {
            if (of(role).isEmpty()) {
                wrong.add("no " + role.label());
            }
        }
        for (Role role : List.of(Role.BATTERY, Role.GENERATOR)) {
            if (!of(role).isEmpty()) {
                wrong.add("the " + role.label() + " '" + of(role).getFirst().id() + "'");
            }
        }
        return wrong;
    }

    public SiteModel model() {
        return model;
    }

    /** All devices, in the model's order; without the agents, who speak for themselves. */
    public List<Device> devices() {
        return devices;
    }

    public List<Device> of(Role role) {
        return byRole.getOrDefault(role, List.of());
    }

    /** How many columns there are. */
    public int width() {
        return firstLoss + Loss.values().length;
    }

    /** Where the first device of a role has its column; the others of the role follow. */
    public int first(Role role) {
        return firstColumn.getOrDefault(role, 0);
    }

    public int column(Loss loss) {
        return firstLoss
                + switch (loss) {
                    case FEEDER -> 0;
                    case FLOOR_PDU -> 1;
                    case UPS -> 2;
                    case TRANSFORMER -> 3;
                };
    }

    public int importColumn() {
        return IMPORT;
    }

    public int exportColumn() {
        return EXPORT;
    }

    /** The column of a device's register; empty when it has no such register. */
    public OptionalInt column(Device device, Point register) {
        return switch (register) {
            case ENERGY_IMPORT -> device.role() == Role.GRID ? OptionalInt.of(IMPORT) : OptionalInt.empty();
            case ENERGY_EXPORT -> device.role() == Role.GRID ? OptionalInt.of(EXPORT) : OptionalInt.empty();
            case ENERGY -> {
                Integer column = columns.get(device.id());
                yield column == null ? OptionalInt.empty() : OptionalInt.of(column);
            }
            default -> OptionalInt.empty();
        };
    }

    /** The IT power that the site is built for: 1.5 MW for 190 racks, each with an A and a B feed. */
    public double itCapacityWatts() {
        return RATED_IT_WATTS * scale();
    }

    /** The site's size against the whole Casablanca site. */
    public double scale() {
        return of(Role.IT).size() / 2.0 / RATED_RACKS;
    }

    public double ratingWatts(Device device) {
        return device.rating().map(rating -> (double) rating.value()).orElseGet(() -> usualRatingWatts(device.role()));
    }

    private double usualRatingWatts(Role role) {
        return switch (role) {
            case GRID -> 2_100_000 * scale();
            case PV -> 50_000;
            case UPS -> 2_000_000 * scale() / of(role).size();
            case FLOOR_PDU -> 3_200_000 * scale() / of(role).size();
            case IT -> 7_400;
            case COOLING -> 720_000 * scale() / of(role).size();
            case AUXILIARY -> 40_000 * scale() / of(role).size();
            case BATTERY, GENERATOR, ROOM -> 0;
        };
    }

    /** The floor PDU that feeds a rack PDU: its parent; without one, as {@link #usualFloorPduOf}. */
    int floorPduOf(int rackPdu) {
        int parent = parent(Role.IT, rackPdu, Role.FLOOR_PDU);
        return parent == NONE ? usualFloorPduOf(rackPdu) : parent;
    }

    /** Rack PDUs come in pairs, A and B; so do the floor PDUs that feed them, each pair a block of racks. */
    private int usualFloorPduOf(int rackPdu) {
        int floorPdus = of(Role.FLOOR_PDU).size();
        if (floorPdus < 2) {
            return 0;
        }
        int pairs = floorPdus / 2;
        int racks = (of(Role.IT).size() + 1) / 2;
        return rackPdu / 2 * pairs / racks * 2 + rackPdu % 2;
    }

    /** The UPS that feeds a floor PDU: its parent; without one, they take turns. */
    int upsOf(int floorPdu) {
        int parent = parent(Role.FLOOR_PDU, floorPdu, Role.UPS);
        return parent == NONE ? floorPdu % of(Role.UPS).size() : parent;
    }

    /** The place of a device's parent among those of a role; {@link #NONE} when it has no such parent. */
    private int parent(Role role, int index, Role upstream) {
        Integer column = columns.get(of(role).get(index).parent());
        int place = column == null ? NONE : column - first(upstream);
        return place >= 0 && place < of(upstream).size() ? place : NONE;
    }
}

package org.heliograph.agent.source.board.chip;

import java.io.IOException;
import org.heliograph.telemetry.reading.Point;

/** Sensirion SHT30, SHT31, SHT35: temperature and relative humidity, one measurement at a time. */
public final class Sht3x implements Chip {
    /** Single shot, high repeatability, without stretching the clock: a bus that the chip may hold can hang. */
    private static final byte[] MEASURE = {0x24, 0x00};
    /** 15.5 ms at most, says the datasheet (V6, table 4) of the lower voltages. */
    private static final int MEASURING_MILLIS = 16;

    private static final byte[] SOFT_RESET = {0x30, (byte) 0xA2};
    private static final int RESET_MILLIS = 2;

    private static final int WORD_BYTES = 3;
    private static final double FULL_SCALE = 65_535;
    private static final double CELSIUS_MIN = -40;
    private static final double CELSIUS_MAX = 125;
    private static final double HUMIDITY_MAX = 100;

    @Override
    public void begin(Wire wire) throws IOException {
        wire.write(SOFT_RESET);
        wire.pause(RESET_MILLIS);
    }

    @Override
    public Measurement measure(Wire wire) throws IOException {
        wire.write(MEASURE);
        wire.pause(MEASURING_MILLIS);
        return decode(wire.read(2 * WORD_BYTES));
    }

    /** Two words, each with its checksum: the temperature, the humidity. */
    static Measurement decode(byte[] answer) {
        Measurement.Gathering gathering = new Measurement.Gathering();
        if (isIntact(answer, 0)) {
            double celsius = -45 + 175 * (word(answer, 0) / FULL_SCALE);
            gathering.value(Point.INLET_TEMP, celsius, CELSIUS_MIN, CELSIUS_MAX);
        } else {
            gathering.absent(Point.INLET_TEMP, "checksum");
        }
        if (isIntact(answer, WORD_BYTES)) {
            double humidity = 100 * (word(answer, WORD_BYTES) / FULL_SCALE);
            gathering.value(Point.SUPPLY_HUMIDITY, humidity, 0, HUMIDITY_MAX);
        } else {
            gathering.absent(Point.SUPPLY_HUMIDITY, "checksum");
        }
        return gathering.measurement();
    }

    private static int word(byte[] answer, int at) {
        return Byte.toUnsignedInt(answer[at]) << 8 | Byte.toUnsignedInt(answer[at + 1]);
    }

    private static boolean isIntact(byte[] answer, int at) {
        return crc(answer, at, 2) == Byte.toUnsignedInt(answer[at + 2]);
    }

    /** CRC-8 of polynomial 0x31, from 0xFF on. */
    static int crc(byte[] bytes, int from, int length) {
        int crc = 0xFF;
        for (int i = from; i < from + length; i++) {
            crc ^= Byte.toUnsignedInt(bytes[i]);
            for (int bit = 0; bit < Byte.SIZE; bit++) {
                crc = (crc & 0x80) == 0 ? crc << 1 : crc << 1 ^ 0x31;
            }
            crc &= 0xFF;
        }
        return crc;
    }
}

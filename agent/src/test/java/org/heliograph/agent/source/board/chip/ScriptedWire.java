package org.heliograph.agent.source.board.chip;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/** A chip whose registers hold what was written, and what the test puts there. */
final class ScriptedWire implements Wire {
    private final Map<Integer, Integer> registers = new HashMap<>();
    private final List<String> written = new ArrayList<>();
    private byte[] answer = {};

    ScriptedWire answers(byte[]... parts) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.write(part);
        }
        answer = all.toByteArray();
        return this;
    }

    ScriptedWire holds(int register, int value) {
        registers.put(register, value);
        return this;
    }

    List<String> written() {
        return written;
    }

    @Override
    public void write(byte... bytes) {
        written.add(HexFormat.of().formatHex(bytes));
    }

    @Override
    public byte[] read(int length) throws IOException {
        if (answer.length != length) {
            throw new IOException("asked for " + length + " bytes");
        }
        return answer;
    }

    @Override
    public int readWord(int register) {
        return registers.getOrDefault(register, 0);
    }

    @Override
    public void writeWord(int register, int value) {
        written.add("%02x:%04x".formatted(register, value));
        registers.put(register, value);
    }

    @Override
    public void pause(int millis) {
        // it is quick
    }
}

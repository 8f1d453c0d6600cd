package org.heliograph.agent.payload.senml;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.heliograph.agent.payload.Refusal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The examples of RFC 8428 and what they resolve to, see SOURCE.txt beside them. */
class VectorsTest {
    private static final Instant NOW = Instant.ofEpochSecond(1_498_780_179);
    private static final Instant NOW_OF_EX7 = Instant.ofEpochSecond(1_499_109_309);

    @ParameterizedTest
    @ValueSource(strings = {"ex1", "ex2", "ex3", "ex4", "ex5", "ex6", "ex7", "ex8", "ex9", "ex10", "ex11", "ex12"})
    void json_resolves_as_the_working_group_says(String example) throws Exception {
        List<Map<String, Object>> expected = parsed(bytes(example + ".gen.resolved.json"));

        assertThat(resolved(example, new JsonRecords(bytes(example + ".gen.json"))))
                .isEqualTo(expected);
        assertThat(resolved(example, new JsonRecords(bytes(example + ".json")))).isEqualTo(expected);
        assertThat(resolved(example, new JsonRecords(bytes(example + ".gen.resolved.json"))))
                .as("a resolved pack resolves to itself")
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ex1", "ex2", "ex3", "ex4", "ex5", "ex6", "ex7", "ex8", "ex9", "ex10", "ex11", "ex12"})
    void cbor_of_any_lengths_resolves_as_json_does(String example) throws Exception {
        List<Map<String, Object>> pack = parsed(bytes(example + ".json"));
        List<Map<String, Object>> expected = parsed(bytes(example + ".gen.resolved.json"));

        assertThat(resolved(example, new CborRecords(CborWriter.definite(pack))))
                .isEqualTo(expected);
        assertThat(resolved(example, new CborRecords(CborWriter.indefinite(pack))))
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ex3", "ex5"})
    void the_cbor_examples_resolve_as_the_working_group_says(String example) throws Exception {
        assertThat(resolved(example, new CborRecords(bytes(example + ".gen.cbor"))))
                .isEqualTo(parsed(bytes(example + ".gen.resolved.json")));
    }

    @Test
    void an_example_without_a_resolved_form_is_read() throws Exception {
        assertThat(resolved("ex13", new JsonRecords(bytes("ex13.gen.json"))))
                .isEqualTo(resolved("ex13", new JsonRecords(bytes("ex13.json"))))
                .hasSize(4);
    }

    private static List<Map<String, Object>> resolved(String example, Records records) throws Malformed, Refusal {
        List<Resolution.Resolved> resolved = new ArrayList<>();
        Resolution resolution = new Resolution(example.equals("ex7") ? NOW_OF_EX7 : NOW);
        SenmlRecord senml = new SenmlRecord();
        while (records.next(senml)) {
            resolution.resolve(senml).ifPresent(resolved::add);
        }
        List<Map<String, Object>> all = new ArrayList<>();
        for (Resolution.Resolved one : resolved) {
            if (one.hasData()) {
                continue;
            }
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("n", one.name());
            if (!one.unit().isEmpty()) {
                fields.put("u", one.unit());
            }
            fields.put("t", canonical(one.timeSeconds()));
            if (one.number() != null) {
                fields.put("v", canonical(one.number()));
            }
            if (one.text() != null) {
                fields.put("vs", one.text());
            }
            if (one.flag() != null) {
                fields.put("vb", one.flag());
            }
            all.add(fields);
        }
        return all;
    }

    /** An array of flat objects, read by nothing of the decoder. */
    private static List<Map<String, Object>> parsed(byte[] json) throws IOException {
        List<Map<String, Object>> all = new ArrayList<>();
        try (JsonParser parser = new JsonFactory().createParser(json)) {
            parser.nextToken();
            while (parser.nextToken() == JsonToken.START_OBJECT) {
                Map<String, Object> fields = new LinkedHashMap<>();
                while (parser.nextToken() == JsonToken.FIELD_NAME) {
                    String name = parser.currentName();
                    JsonToken token = parser.nextToken();
                    if (!name.equals("l")) {
                        fields.put(
                                name,
                                token.isNumeric()
                                        ? canonical(parser.getDecimalValue())
                                        : token.isBoolean() ? parser.getBooleanValue() : parser.getText());
                    }
                }
                all.add(fields);
            }
        }
        return all;
    }

    private static BigDecimal canonical(BigDecimal value) {
        return value.signum() == 0 ? BigDecimal.ZERO : value.stripTrailingZeros();
    }

    private static byte[] bytes(String name) throws IOException {
        try (InputStream in = VectorsTest.class.getResourceAsStream("/senml-rfc8428/" + name)) {
            assertThat(in).as(name).isNotNull();
            return in.readAllBytes();
        }
    }
}

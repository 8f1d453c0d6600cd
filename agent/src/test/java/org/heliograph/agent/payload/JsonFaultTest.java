package org.heliograph.agent.payload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JsonFaultTest {
    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .streamReadConstraints(
                    StreamReadConstraints.builder().maxNestingDepth(2).build())
            .build();

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            {"p":1        | Unexpected end-of-input: expected close marker for Object (start marker at line 1, column 1), at line 1, column 7
            ~{"p":\n nan} ~ | Unrecognized token 'nan', at line 2, column 2
            {'p':1}       | Unexpected character (''' (code 39)), at line 1, column 2
            {"p":+1}      | Unexpected character ('+' (code 43)) in numeric value: JSON spec does not allow numbers to have plus signs, at line 1, column 7
            {"p":1,"p":2} | Duplicate field 'p', at line 1, column 11
            [[[1]]]       | Document nesting depth (3) exceeds the maximum allowed (2)
            """)
    void says_what_is_wrong_and_where_and_nothing_of_the_library(String text, String fault) {
        assertThat(JsonFault.of(fault(text))).isEqualTo("not JSON: " + fault);
    }

    @Test
    void a_fault_that_is_none_of_the_text_speaks_for_itself() {
        assertThat(JsonFault.of(new IOException("no UTF-32"))).isEqualTo("not JSON: no UTF-32");
    }

    private static IOException fault(String text) {
        return catchThrowableOfType(IOException.class, () -> {
            try (JsonParser parser = JSON.createParser(text)) {
                while (parser.nextToken() != null) {
                    parser.getText();
                }
            }
        });
    }
}

package org.heliograph.agent.payload;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;

/** What is wrong with a text that is no JSON, and where: in words of JSON, not of the library that reads it. */
public final class JsonFault {
    private JsonFault() {}

    public static String of(IOException fault) {
        if (!(fault instanceof JsonProcessingException json)) {
            return "not JSON: " + fault.getMessage();
        }
        String what = json.getOriginalMessage()
                .replaceAll("\\[Source: [^]]*line: (\\d+), column: (\\d+)]", "line $1, column $2")
                .replaceAll(", from `[^`]*`", "") // which setting of the library it is
                .replaceFirst("(?s):? (was expecting|enable) .*", ""); // what it would have taken, or how it is told to
        JsonLocation at = json.getLocation();
        return "not JSON: " + what + (at == null ? "" : ", at line " + at.getLineNr() + ", column " + at.getColumnNr());
    }
}

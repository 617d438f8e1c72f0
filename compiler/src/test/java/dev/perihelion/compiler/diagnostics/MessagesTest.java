package dev.perihelion.compiler.diagnostics;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class MessagesTest {

    @Test
    void everyKeyHasMessageAndAdviceAndNothingElseIsThere() {
        Set<String> expected = new TreeSet<>();
        for (MessageKey key : MessageKey.values()) {
            expected.add(key.name());
            expected.add(key.name() + ".advice");
        }
        assertThat(new TreeSet<>(Messages.names())).isEqualTo(expected);
    }
}

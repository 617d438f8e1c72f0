package dev.perihelion.cli;

/** Something the user has to change; the message says what. */
final class UserMistake extends RuntimeException {

    private static final long serialVersionUID = 1L;

    UserMistake(String message) {
        super(message);
    }
}

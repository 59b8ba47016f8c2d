package io.robustmq.bookie;

import java.nio.file.Path;

/** Why embedded storage did not start, as one sentence for whoever started it. */
public sealed interface StartFault {

    /** The sentence. */
    String reason();

    /** Somebody else listens there. */
    record PortTaken(String what, String address) implements StartFault {
        @Override
        public String reason() {
            return "the " + what + " cannot listen on " + address + ": the port is taken";
        }
    }

    /** The data directory cannot be used. */
    record DirectoryNotWritable(Path directory, String cause) implements StartFault {
        @Override
        public String reason() {
            return "the data directory " + directory + " cannot be written: " + cause;
        }
    }

    /** A running process uses the data directory. */
    record LockedByProcess(Path directory, String processId) implements StartFault {
        @Override
        public String reason() {
            return "the data directory " + directory + " is in use by process " + processId;
        }
    }

    /** What is in the data directory was not written by this version, or not by this program. */
    record DataOfAnotherVersion(Path directory, String found, String expected) implements StartFault {
        @Override
        public String reason() {
            return "the data directory " + directory + " holds data of " + found + ", this version reads " + expected;
        }
    }

    /** Metadata and bookie do not belong together; going on would lose data. */
    record StoresDisagree(Path directory, String metadataInstance, String bookieInstance) implements StartFault {
        @Override
        public String reason() {
            return "the data directory " + directory + " is not whole: its metadata is of instance " + metadataInstance
                    + ", its bookie of instance " + bookieInstance
                    + "; restore the missing part from a backup, or start on an empty directory";
        }
    }

    /** Something else. */
    record NotStarted(String reason) implements StartFault {}
}

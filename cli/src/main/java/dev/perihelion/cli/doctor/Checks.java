package dev.perihelion.cli.doctor;

import java.util.List;

/** All checks, in the order in which people read them. A new one is a function in one of the classes named here, and a line. */
final class Checks {

    static final List<Check> ALL = List.of(
            Check.of("Java", MachineChecks::java),
            Check.of("processor", MachineChecks::processor),
            Check.of("memory", MachineChecks::memory),
            Check.of("limits", MachineChecks::limits),
            new Check("disk", MachineChecks::disks),
            Check.of("container", MachineChecks::container),
            Check.of("Python", PythonChecks::python),
            Check.of("torch", PythonChecks::torch),
            Check.of("triton", PythonChecks::triton),
            Check.of("numpy", PythonChecks::numpy),
            Check.of("pyarrow", PythonChecks::pyarrow),
            Check.of("helion", PythonChecks::helion),
            new Check("compiling", PythonChecks::compiles),
            new Check("assembler", PythonChecks::assembler),
            Check.of("driver", GpuChecks::driver),
            new Check("GPU", GpuChecks::devices),
            new Check("GPU settings", GpuChecks::settings),
            new Check("GPU memory", GpuChecks::memory),
            new Check("GPU load", GpuChecks::load),
            new Check("GPU clocks", GpuChecks::clocks),
            new Check("Spark", MachineChecks::spark));

    private Checks() {}
}

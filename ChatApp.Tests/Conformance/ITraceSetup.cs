using ChatApp.Identity;
using ChatApp.Tests.Runs;

namespace ChatApp.Tests.Conformance;

/// <summary>What the traces of a dialect need besides an account and the default agent, whose model is <c>p/trace</c>. Found by its interface.</summary>
internal interface ITraceSetup
{
    /// <summary>The folder of its traces.</summary>
    string Dialect { get; }

    /// <summary>Does what a line <c>arrange:</c> asks for. The application is shared by the dialect's traces, the caller is the trace's own.</summary>
    /// <param name="values">Takes values for places, e.g. <c>values["session"] = key</c>.</param>
    Task ArrangeAsync(string name, RunHarness runs, CurrentUser caller, TraceValues values);
}

using System.Runtime.CompilerServices;
using System.Runtime.Loader;

namespace ChatApp.Tests.Infrastructure;

/// <summary>
/// bunit is compiled against AngleSharp.Diffing 1.1.1, the registry stops at 0.17.0, which has what it calls: answer with the
/// assembly beside the tests. Goes when 1.1.1 restores. docs/decisions/0002-package-pins.md
/// </summary>
internal static class BunitAssemblies
{
    // The one place that has to run before any test of this assembly loads bunit.
#pragma warning disable CA2255
    [ModuleInitializer]
#pragma warning restore CA2255
    internal static void Resolve() => AssemblyLoadContext.Default.Resolving += static (context, name) =>
        name.Name == "AngleSharp.Diffing"
            ? context.LoadFromAssemblyPath(Path.Combine(AppContext.BaseDirectory, "AngleSharp.Diffing.dll"))
            : null;
}

using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Loader;

namespace ChatApp.Data.Sqlite;

/// <summary>
/// Lets EF Core, which is compiled against SQLitePCLRaw 2.1, run on the 2.0.6 that the package registry has, and prefers
/// the system's SQLite over the 3.35.5 of 2021 that comes with it. This file and the pins in the project files go when
/// SQLitePCLRaw 2.1.13 or later can be restored.
/// </summary>
internal static class SqliteNativeLibrary
{
    [ModuleInitializer]
    internal static void Initialize()
    {
        // EF asks for assembly version 2.1; the loader refuses the lower one unless it is handed over by name.
        AssemblyLoadContext.Default.Resolving += static (context, name) =>
            name.Name == "SQLitePCLRaw.core"
                ? context.LoadFromAssemblyPath(Path.Combine(AppContext.BaseDirectory, "SQLitePCLRaw.core.dll"))
                : null;
        UseSystemLibrary();
    }

    // A method of its own: its types must not be resolved before the handler above is in place.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void UseSystemLibrary()
    {
        NativeLibrary.SetDllImportResolver(typeof(SQLitePCL.SQLite3Provider_e_sqlite3).Assembly, Resolve);
        SQLitePCL.Batteries_V2.Init();
    }

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path)
    {
        if (name != "e_sqlite3")
            return 0;
        string system = OperatingSystem.IsWindows() ? "winsqlite3" : OperatingSystem.IsMacOS() ? "libsqlite3.dylib" : "libsqlite3.so.0";
        return NativeLibrary.TryLoad(system, out nint handle) ? handle : NativeLibrary.Load(name, assembly, path);
    }
}

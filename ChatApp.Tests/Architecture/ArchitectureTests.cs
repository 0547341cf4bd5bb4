using ChatApp.Data;
using Xunit;

namespace ChatApp.Tests.Architecture;

public sealed class ArchitectureTests
{
    private const int LongestFile = 350;

    private static readonly Lazy<IReadOnlySet<TypeReference>> Product = new(() => TypeReferences.Of(typeof(ChatDbContext).Assembly.Location));
    private static readonly Lazy<IReadOnlySet<TypeReference>> Tests = new(() => TypeReferences.Of(typeof(ArchitectureTests).Assembly.Location));

    [Fact]
    public void Imports_OfTheProduct_GoDownward() => AssertNone(ImportRules.GoesDown);

    [Fact]
    public void VendorSdks_OfTheProduct_AreNamedByProvidersOnly() => AssertNone(ImportRules.KeepsVendorsInProviders);

    [Fact]
    public void HttpContext_OfTheProduct_IsNamedAtTheEdgeOnly() => AssertNone(ImportRules.KeepsHttpAtTheEdge);

    [Fact]
    public void Components_OfTheProduct_NameNeitherDatabaseNorModel() => AssertNone(ImportRules.KeepsComponentsOffTheDatabase);

    [Fact]
    public void SourceFiles_OfTheRepository_AreShort()
    {
        var root = RepositoryRoot();
        var tooLong = new[] { "ChatApp", "ChatApp.Tests", "wwwroot" }
            .Select(folder => Path.Combine(root, folder))
            .Where(Directory.Exists)
            .SelectMany(folder => Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
            .Where(IsOwnSource)
            .Select(file => (Lines: File.ReadLines(file).Count(), Path: Path.GetRelativePath(root, file)))
            .Where(file => file.Lines > LongestFile);

        Assert.Empty(tooLong);
    }

    // The checker itself: each rule finds a violation, and the reader sees references wherever code can hide them.

    [Theory]
    [InlineData("ChatApp.Data.A", "ChatApp.Runs.B")]
    [InlineData("ChatApp.Components.Chat.A", "ChatApp.Dialects.Sse.B")]
    [InlineData("ChatApp.Agents.A", "ChatApp.Providers.B")]
    [InlineData("ChatApp.Telemetry.A", "ChatApp.Data.B")]
    public void GoesDown_UpwardOrSideways_IsAViolation(string from, string to) => Assert.False(ImportRules.GoesDown(new(from, to)));

    [Fact]
    public void GoesDown_PartWithoutLevel_Throws() =>
        Assert.Throws<InvalidOperationException>(() => ImportRules.GoesDown(new("ChatApp.Novel.A", "ChatApp.Data.B")));

    [Fact]
    public void Rules_Violations_AreFound()
    {
        Assert.False(ImportRules.KeepsVendorsInProviders(new("ChatApp.Runs.A", "Anthropic.Models.B")));
        Assert.False(ImportRules.KeepsHttpAtTheEdge(new("ChatApp.Runs.A", "Microsoft.AspNetCore.Http.HttpContext")));
        Assert.False(ImportRules.KeepsComponentsOffTheDatabase(new("ChatApp.Components.A", "ChatApp.Data.ChatDbContext")));
        Assert.False(ImportRules.KeepsComponentsOffTheDatabase(new("ChatApp.Components.A", "Microsoft.EntityFrameworkCore.DbSet`1")));
        Assert.True(ImportRules.KeepsHttpAtTheEdge(new("ChatApp.Runs.RunsApi", "Microsoft.AspNetCore.Http.HttpContext")));
    }

    [Fact]
    public void Product_RunAgainstAWrongRule_FailsTheCheck()
    {
        // Entities stand below the database context in Data; a rule that forbids naming them must find the context itself.
        var violations = Violations(reference => !reference.To.StartsWith("ChatApp.Data.Entities.", StringComparison.Ordinal));

        Assert.Contains(violations, violation => violation.From == "ChatApp.Data.ChatDbContext");
        Assert.Contains(Product.Value, reference => reference is { From: "Program", To: "ChatApp.Components.ComponentsServices" });
        Assert.Contains(Product.Value, reference => reference is { From: "ChatApp.Components.ComponentsServices", To: "ChatApp.Components.App" });
    }

    [Theory]
    [InlineData(typeof(Uri))]
    [InlineData(typeof(Version))]
    [InlineData(typeof(Lazy<>))]
    [InlineData(typeof(OperatingSystem))]
    [InlineData(typeof(TimeZoneInfo))]
    [InlineData(typeof(ObsoleteAttribute))]
    [InlineData(typeof(Tuple))]
    [InlineData(typeof(Environment))]
    public void TypeReferences_InAnyPlace_AreSeen(Type hidden)
    {
        var seen = Tests.Value.Where(reference => reference.From == typeof(HiddenReferences).FullName).Select(reference => reference.To);

        Assert.Contains(hidden.FullName, seen);
    }

    [Fact]
    public void TypeReferences_OfARazorComponent_AreSeen() =>
        Assert.Contains(
            Product.Value,
            reference => reference is { From: "ChatApp.Components.Routes", To: "Microsoft.AspNetCore.Components.Routing.Router" }
        );

    private static void AssertNone(Func<TypeReference, bool> rule) => Assert.Empty(Violations(rule));

    private static IEnumerable<TypeReference> Violations(Func<TypeReference, bool> rule) =>
        Product.Value.Where(reference => !rule(reference)).OrderBy(reference => reference.From, StringComparer.Ordinal);

    private static bool IsOwnSource(string file)
    {
        var parts = file.Split(Path.DirectorySeparatorChar);
        return Path.GetExtension(file) is ".cs" or ".razor" or ".css" or ".js" && !parts.Intersect(["bin", "obj", "Migrations", "lib"]).Any();
    }

    private static string RepositoryRoot()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "ChatApp.sln")))
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("The tests do not run inside the repository.");
        return folder;
    }
}

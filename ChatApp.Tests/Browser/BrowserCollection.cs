using Xunit;

namespace ChatApp.Tests.Browser;

/// <summary>All browser tests: one Chromium and one application for all, one test at a time, as the machine can take.</summary>
[CollectionDefinition(Name)]
public sealed class BrowserCollection : ICollectionFixture<BrowserFixture>, ICollectionFixture<ChatSite>
{
    public const string Name = "Browser";
}

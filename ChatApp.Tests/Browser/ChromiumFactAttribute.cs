using Xunit;

namespace ChatApp.Tests.Browser;

/// <summary>A test in a real browser: skipped, saying why, on a machine without Chromium, unless <c>CHATAPP_REQUIRE_BROWSER=1</c>.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ChromiumFactAttribute : FactAttribute
{
    public ChromiumFactAttribute()
    {
        if (Chromium.Path is null && !Chromium.IsRequired)
            Skip = Chromium.Missing;
    }
}

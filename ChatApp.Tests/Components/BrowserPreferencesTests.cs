using ChatApp.Components;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace ChatApp.Tests.Components;

public sealed class BrowserPreferencesTests
{
    [Fact]
    public void Read_NoCookies_FollowsTheSystem()
    {
        var preferences = Read("");
        Assert.Equal(new BrowserPreferences(null, null, 0), preferences);
        Assert.Equal("(prefers-color-scheme: dark)", preferences.DarkMedium);
    }

    [Fact]
    public void Read_OwnValues_AreTaken()
    {
        var preferences = Read("theme=dark; sidebar=collapsed; utc_offset=-210");
        Assert.Equal(new BrowserPreferences("dark", "collapsed", -210), preferences);
        Assert.Equal(("not all", "all"), (preferences.LightMedium, preferences.DarkMedium));
    }

    [Theory]
    [InlineData("theme=\"><script>")]
    [InlineData("sidebar=x; utc_offset=99999")]
    [InlineData("utc_offset=-2147483648")]
    [InlineData("utc_offset=Europe")]
    public void Read_ForeignValues_CountAsAbsent(string cookies) => Assert.Equal(new BrowserPreferences(null, null, 0), Read(cookies));

    private static BrowserPreferences Read(string cookies)
    {
        var context = new DefaultHttpContext();
        context.Request.Headers.Cookie = cookies;
        return BrowserPreferences.Read(context.Request.Cookies);
    }
}
